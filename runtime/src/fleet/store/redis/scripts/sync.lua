-- KEYS[5]: the instance; KEYS[6]: what is forced on it alone. ARGV: channel, name, incarnation, program, alive ms,
-- digest, ms that an unused open is kept, the longest alive ms of any instance, ms that the end of a forced state is
-- remembered.
local name, incarnation, program = ARGV[2], ARGV[3], ARGV[4]
local alive, digest, abandoned, longest = tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local memory = tonumber(ARGV[9])

redis.call('ZREMRANGEBYSCORE', INSTANCES, '-inf', text(now))
redis.call('ZREMRANGEBYSCORE', INSTANCES, '(' .. text(now + longest), '+inf')
if redis.call('ZCARD', INSTANCES) == 0 then redis.call('HSET', META, 'program', program) end

local previous = redis.call('HGET', KEYS[5], 'incarnation')
local replaced = previous and previous ~= incarnation
if replaced then redis.call('DEL', KEYS[5]) end
if previous ~= incarnation then
    redis.call('HSET', KEYS[5], 'incarnation', incarnation, 'program', program, 'report', '0',
        'addressable', '1')
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

-- HGETALL, without what has ended or is too long to be the fleet's. `keeps` may remove a record, too.
local function current(key, keeps)
    local list = redis.call('HGETALL', key)
    local kept = {}
    for index = 1, #list, 2 do
        local field, record = list[index], list[index + 1]
        if #record <= LONGEST_RECORD then
            record = anchored(key, field, record)
            if keeps(decode(record), field) then
                kept[#kept + 1] = field
                kept[#kept + 1] = record
            end
        end
    end
    return kept
end

local function is_over(row)
    local ending = tonumber(row['until'])
    return ending and ending <= now
end

-- The versions of the commands to all instances.
local newest_for_all = {}

local forced = current(FORCED, function(row, breaker)
    newest_for_all[breaker] = row.version
    local over, ended = is_over(row), row.state == 'ended'
    if over and not ended and row.state ~= 'released' then
        -- The end is remembered: the command has ended earlier states of single instances. So it does not come back
        -- either if the server's clock is set back.
        redis.call('HSET', FORCED, breaker,
            encode('state', 'ended', 'until', now + memory, 'ms', memory, 'version', row.version))
    elseif over then
        redis.call('HDEL', FORCED, breaker)
    end
    return not over and not ended
end)
-- A command to all instances ends the earlier ones to one.
local own = current(KEYS[6], function(row, breaker)
    local over = is_over(row) or is_newer(newest_for_all[breaker], row.version)
    if over then redis.call('HDEL', KEYS[6], breaker) end
    return not over
end)
if #own > 0 then redis.call('PEXPIRE', KEYS[6], memory) end
local shared = current(SHARED, function(row, breaker)
    local over = not is_leased(row) and (tonumber(row['until']) or 0) + abandoned <= now
    if over then redis.call('HDEL', SHARED, breaker) end
    return not over
end)

local newest = redis.sha1hex(table.concat({ EPOCH, table.concat(forced, '\n'), table.concat(shared, '\n'),
    table.concat(own, '\n') }, '\n\n'))
local reply = { text(now), EPOCH, redis.call('HGET', META, 'sequence'), redis.call('ZCARD', INSTANCES),
    redis.call('HGET', META, 'program') or '', replaced and 1 or 0, newest }
if newest ~= digest then
    reply[8], reply[9], reply[10] = forced, shared, own
end
return reply
