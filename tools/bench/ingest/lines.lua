-- What wrk sends to InfluxDB: each request is one line of twelve fields, of one of so many hosts.
--   HOSTS THREADS
function init(args)
  local total, threadCount = unpack(args)
  head = headOf("")
  math.randomseed(id + 1)
  for number = id + 1, tonumber(total), tonumber(threadCount) do
    local prefix = string.format("sockets,host=web-%05d ", number)
    hosts[#hosts + 1] = { prefix = prefix, last = 0, counts = { unpack(usual) } }
  end
end

function request()
  local host = nextHost()
  local at, counts = sample(host)
  local told = {}
  for index, state in ipairs(states) do told[index] = state .. "=" .. counts[index] .. "i" end
  return post(host.prefix .. table.concat(told, ",") .. string.format(" %.0f", at))
end

function response(status, headers, body)
  count(status == 204, status, headers, body)
end
