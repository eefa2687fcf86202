-- ARGV: channel, breaker, token, instance.
local breaker = ARGV[2]
local row = decode(redis.call('HGET', SHARED, breaker))
if row.token ~= ARGV[3] or row.owner ~= ARGV[4] then return 0 end
publish_trial(breaker, row, 0)
clear_lease(row)
save_shared(breaker, row)
return 1
