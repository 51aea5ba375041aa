-- What wrk sends to Closewatch: each request is a push of one snapshot with twelve counts, of one of so many hosts.
--   TOKEN PROTOCOL HOSTS LEAKING THREADS FIRST_SEQ RATE
-- LEAKING: every how many-th host lists three CLOSE_WAIT connections; 0: none does.
local second, secondText = 0, ""

local function textOf(at)
  local seconds = math.floor(at / 1000)
  if seconds ~= second then
    second = seconds
    secondText = os.date("!%Y-%m-%dT%H:%M:%S", seconds)
  end
  return string.format("%s.%03dZ", secondText, at - seconds * 1000)
end

local function uuid(kind, number)
  return string.format("%08x-0000-4000-8000-%012x", kind, number)
end

local function connections(host)
  local listed = {}
  for leak = 1, 3 do
    listed[leak] = string.format(
      '{"socketId":"bench-%05d-%d","transport":"tcp","local":{"address":"192.0.2.%d","port":8080},'
        .. '"peer":{"address":"198.51.100.%d","port":%d},"direction":"inbound","openedAfter":"%s","openedBefore":"%s",'
        .. '"firstSeenAt":"%s","lastSeenAt":"@","recvQueue":1,"sendQueue":0,"uid":1000,"ownership":"known","owners":[{"pid":%d,'
        .. '"startedAt":"%s","executable":"/usr/bin/node","command":"node /srv/app/server.js","descriptor":%d}]}',
      host.number, leak, host.number % 250 + 1, leak, 40000 + leak, host.since, host.since, host.since,
      4000 + host.number, host.since, 20 + leak
    )
  end
  return table.concat(listed, ",")
end

function init(args)
  local token, protocol, total, leaking, threadCount, firstSeq, rate = unpack(args)
  head = headOf("Authorization: Bearer " .. token .. "\r\nContent-Type: application/json\r\n")
  math.randomseed(id + 1)
  pace(tonumber(rate) / tonumber(threadCount))
  local since = textOf(now())
  for number = id + 1, tonumber(total), tonumber(threadCount) do
    local host = { number = number, seq = tonumber(firstSeq), last = 0, since = since, counts = { unpack(usual) } }
    host.prefix = string.format(
      '{"protocol":%s,"agentId":"%s","runId":"%s","bootId":"%s","agent":{"version":"0.1.0","hostname":"web-%05d",'
        .. '"machineId":"%032x","kernel":"Linux 6.12.48","source":"netlink","capabilities":["CAP_NET_ADMIN",'
        .. '"CAP_SYS_PTRACE"],"missing":[],"clockOffsetMs":0.4},"snapshots":[{"seq":',
      protocol, uuid(1, number), uuid(2, number), uuid(3, number), number, number
    )
    if tonumber(leaking) > 0 and number % tonumber(leaking) == 0 then
      host.leaks = connections(host)
      host.counts[9] = 3
    end
    hosts[#hosts + 1] = host
  end
end

function request()
  local host = nextHost()
  local at, counts = sample(host)
  local takenAt = textOf(at)
  local told = {}
  for index, state in ipairs(states) do told[index] = '"' .. state .. '":' .. counts[index] end
  local listed = host.leaks and string.gsub(host.leaks, "@", takenAt) or ""
  host.seq = host.seq + 1
  return post(
    host.prefix .. host.seq .. ',"takenAt":"' .. takenAt .. '","intervalMs":10000,"netns":0,"counts":{'
      .. table.concat(told, ",") .. '},"connections":[' .. listed .. '],"complete":true}]}'
  )
end

function response(status, headers, body)
  local stored = status == 200 and string.find(body, '"accepted":1,"duplicate":0,"rejected":[]', 1, true) ~= nil
  count(stored, status, headers, body)
end
