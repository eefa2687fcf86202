-- KEYS[5]: the instance. ARGV: channel, name, incarnation.
if redis.call('HGET', KEYS[5], 'incarnation') == ARGV[3] then
    redis.call('DEL', KEYS[5])
    redis.call('ZREM', INSTANCES, ARGV[2])
end
return 'done'
