-- KEYS[5]: the breaker's open set. ARGV: channel, breaker, instance, token, result, ms of the next cooldown.
local breaker, ms = ARGV[2], tonumber(ARGV[6])
local row = decode(redis.call('HGET', SHARED, breaker))
-- An expired lease that no other instance took since still decides.
if row.token ~= ARGV[4] or row.owner ~= ARGV[3] then return 0 end
local version = next_version()
if ARGV[5] == 'success' then
    redis.call('HDEL', SHARED, breaker)
    redis.call('DEL', KEYS[5])
    publish('kind', 'closed', 'breaker', breaker, 'version', version)
else
    clear_lease(row)
    row['until'], row.ms, row.round = now + ms, ms, (tonumber(row.round) or 0) + 1
    row.last, row.version = ARGV[3], version
    save_shared(breaker, row)
    publish_opened(breaker, row)
end
return 1
