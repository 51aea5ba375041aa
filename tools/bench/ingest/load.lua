-- What both loads of wrk share; wrk-load.ts puts it before them. wrk runs one copy of all this in each of its threads.
local ffi = require("ffi")
ffi.cdef([[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *at);
]])

local states = {
  "listen", "syn_sent", "syn_received", "established", "fin_wait_1", "fin_wait_2",
  "closing", "time_wait", "close_wait", "last_ack", "closed", "unknown",
}
local usual = { 24, 0, 0, 180, 0, 3, 0, 60, 0, 0, 0, 0 }

local moment = ffi.new("moment")

-- Milliseconds since the epoch.
local function now()
  ffi.C.clock_gettime(0, moment)
  return tonumber(moment.seconds) * 1000 + math.floor(tonumber(moment.nanoseconds) / 1000000)
end

-- The next instant and counts of a host: two samples of one never share an instant.
local function sample(host)
  host.last = math.max(now(), host.last + 1)
  local counts = host.counts
  counts[4] = math.max(0, counts[4] + math.random(-3, 3))
  counts[8] = math.max(0, counts[8] + math.random(-2, 2))
  return host.last, counts
end

local hosts, turn, head = {}, 0, ""

local function nextHost()
  turn = turn % #hosts + 1
  return hosts[turn]
end

-- So many posts a second in all, as evenly as the machine allows; 0: as many as are answered.
local function pace(rate)
  if rate <= 0 then return end
  local next = 0
  function delay()
    ffi.C.clock_gettime(0, moment)
    local at = tonumber(moment.seconds) * 1000 + tonumber(moment.nanoseconds) / 1000000
    next = math.max(next + 1000 / rate, at)
    return math.floor(next - at)
  end
end

local function post(body)
  sent = sent + 1
  return head .. #body .. "\r\n\r\n" .. body
end

local function headOf(more)
  return "POST " .. wrk.path .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\n" .. more .. "Content-Length: "
end

sent, accepted, busy, refused = 0, 0, 0, 0

-- Busy: the server asks to be tried again later, and says when.
local function count(isAccepted, status, headers, body)
  if isAccepted then
    accepted = accepted + 1
    return
  end
  if status == 503 and headers["retry-after"] then
    busy = busy + 1
    return
  end
  refused = refused + 1
  if refused == 1 then io.stderr:write("wrk was answered ", status, " ", body, "\n") end
end

local threads = {}
function setup(thread)
  thread:set("id", #threads)
  threads[#threads + 1] = thread
end

-- One line of JSON on standard output, beside what wrk says itself.
function done(summary, latency)
  local total = { sent = 0, accepted = 0, busy = 0, refused = 0 }
  for _, thread in ipairs(threads) do
    for name, value in pairs(total) do total[name] = value + thread:get(name) end
  end
  local errors = summary.errors
  io.write(string.format(
    'report {"seconds":%.6f,"sent":%d,"accepted":%d,"busy":%d,"refused":%d,"broken":%d,"p50Ms":%.3f,"p99Ms":%.3f}\n',
    summary.duration / 1e6, total.sent, total.accepted, total.busy, total.refused,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end

