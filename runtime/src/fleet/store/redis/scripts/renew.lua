-- ARGV: channel, breaker, token, instance, lease ms.
local breaker, lease = ARGV[2], tonumber(ARGV[5])
local row = decode(redis.call('HGET', SHARED, breaker))
if row.token ~= ARGV[3] or row.owner ~= ARGV[4] or not is_leased(row) then return 0 end
row.lease_until = now + lease
save_shared(breaker, row)
publish_trial(breaker, row, lease)
return 1
