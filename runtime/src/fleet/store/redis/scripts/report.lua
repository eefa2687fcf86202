-- KEYS[5]: the instance; from KEYS[6] on: the open set of each reported breaker.
-- ARGV: channel, name, incarnation, number, then per breaker: name, state, ms, evidence, quorum, percent, shown: '' for the state
-- unless it is closed, '=' also then, '-' for nothing, or the record of an override.
local name, incarnation, number = ARGV[2], ARGV[3], tonumber(ARGV[4])
local known = redis.call('HMGET', KEYS[5], 'incarnation', 'report')
if known[1] ~= incarnation then return 'unknown' end
if tonumber(known[2]) >= number then return 'stale' end
redis.call('HSET', KEYS[5], 'report', text(number))
redis.call('ZREMRANGEBYSCORE', INSTANCES, '-inf', text(now))

-- The latest end of a cooldown in an open set.
local function latest(key)
    return tonumber(redis.call('ZRANGE', key, 0, 0, 'REV', 'WITHSCORES')[2])
end

-- The cooldown is that of the instance that completes the quorum.
local function open_for_all(key, breaker, quorum, percent, ms)
    -- First what costs least: in an incident, every further report ends here.
    local row = decode(redis.call('HGET', SHARED, breaker))
    if (tonumber(row['until']) or 0) > now or is_leased(row) then return end
    redis.call('ZREMRANGEBYSCORE', key, '-inf', text(now))
    local open = redis.call('ZINTERCARD', 2, key, INSTANCES)
    local live = redis.call('ZCARD', INSTANCES)
    if open < quorum or open * 100 < percent * live then return end
    row['until'], row.ms, row.round = now + ms, ms, row.round or '0'
    row.open, row.live, row.last, row.version = open, live, nil, next_version()
    clear_lease(row)
    save_shared(breaker, row)
    publish_opened(breaker, row)
end

for index = 0, #KEYS - 6 do
    local key, at = KEYS[6 + index], 5 + index * 7
    local breaker, state, ms, evidence = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3] == '1'
    local quorum, percent = tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
    local shown = ARGV[at + 6]
    if shown == '-' or (shown == '' and state == 'closed') then
        redis.call('HDEL', KEYS[5], 'breaker:' .. breaker)
    elseif shown == '' or shown == '=' then
        redis.call('HSET', KEYS[5], 'breaker:' .. breaker,
            encode('state', state, 'until', now + ms, 'evidence', evidence and '1' or nil))
    else
        local row = decode(shown)
        redis.call('HSET', KEYS[5], 'breaker:' .. breaker, encode('state', row.state,
            'until', row.ms and (now + tonumber(row.ms)), 'who', row.who, 'reason', row.reason))
    end
    if state == 'open' and evidence and ms > 0 then
        redis.call('ZADD', key, text(now + ms), name)
        -- The scores decide; the key itself only must not stay for ever.
        redis.call('PEXPIREAT', key, text(latest(key) + 60000))
        if quorum > 0 then open_for_all(key, breaker, quorum, percent, ms) end
    else
        redis.call('ZREM', key, name)
    end
end
return 'accepted'
