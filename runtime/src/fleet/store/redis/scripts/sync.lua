-- KEYS[5]: the instance. ARGV: channel, name, incarnation, program, alive ms, digest, ms that an unused open is kept,
-- the longest alive ms of any instance.
local name, incarnation, program = ARGV[2], ARGV[3], ARGV[4]
local alive, digest, abandoned, longest = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])

redis.call('ZREMRANGEBYSCORE', INSTANCES, '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', INSTANCES, '(' .. text(now + longest), '+inf')
if redis.call('ZCARD', INSTANCES) == 0 then redis.call('HSET', META, 'program', program) end

local previous = redis.call('HGET', KEYS[5], 'incarnation')
local replaced = previous and previous ~= incarnation
if replaced then redis.call('DEL', KEYS[5]) end
if previous ~= incarnation then
    redis.call('HSET', KEYS[5], 'incarnation', incarnation, 'program', program, 'report', '0')
end
redis.call('PEXPIRE', KEYS[5], alive)
redis.call('ZADD', INSTANCES, text(now + alive), name)

-- Once the server's clock was set back, nothing lasts longer than its full length from now.
local function anchored(key, field, record)
    local row = decode(record)
    local ending, ms = tonumber(row['until']), tonumber(row.ms)
    if not ending or not ms or ending <= now + ms then return record end
    record = string.gsub(record, '%f[%w_]until=%d+', 'until=' .. text(now + ms), 1)
    redis.call('HSET', key, field, record)
    return record
end

-- HGETALL, without what has expired or is too long to be the fleet's.
local function current(key, is_over)
    local list = redis.call('HGETALL', key)
    local kept = {}
    for index = 1, #list, 2 do
        local field, record = list[index], list[index + 1]
        if #record <= LONGEST_RECORD then
            record = anchored(key, field, record)
            if is_over(decode(record)) then
                redis.call('HDEL', key, field)
            else
                kept[#kept + 1] = field
                kept[#kept + 1] = record
            end
        end
    end
    return kept
end

local forced = current(FORCED, function(row)
    local ending = tonumber(row['until'])
    return ending and ending <= now
end)
local shared = current(SHARED, function(row)
    return not is_leased(row) and (tonumber(row['until']) or 0) + abandoned <= now
end)

local newest = redis.sha1hex(EPOCH .. '\n' .. table.concat(forced, '\n') .. '\n\n' .. table.concat(shared, '\n'))
local reply = { text(now), EPOCH, redis.call('HGET', META, 'sequence'), redis.call('ZCARD', INSTANCES),
    redis.call('HGET', META, 'program') or '', replaced and 1 or 0, newest }
if newest ~= digest then
    reply[8], reply[9] = forced, shared
end
return reply
