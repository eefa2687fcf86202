-- For one instance, KEYS[5]: what is forced on it alone; KEYS[6]: the instance.
-- ARGV: channel, breaker, state (open, closed or released), ms or '' without an end, who, reason, instance,
-- ms that the states of an instance are kept without a sign of life.
local key, instance = FORCED, nil
if KEYS[5] then
    key, instance = KEYS[5], ARGV[7]
    if (tonumber(redis.call('ZSCORE', INSTANCES, instance)) or 0) <= now then return 'unknown' end
    if redis.call('HGET', KEYS[6], 'addressable') ~= '1' then return 'earlier' end
end
local version = next_version()
save_forced(key, instance, ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], version)
if instance then redis.call('PEXPIRE', key, ARGV[8]) end
return version
