-- ARGV: channel, breaker, instance, lease ms.
local breaker, name, lease = ARGV[2], ARGV[3], tonumber(ARGV[4])
local record = redis.call('HGET', SHARED, breaker)
if not record then return { 'not_open' } end
local row = decode(record)
local ending = tonumber(row['until']) or 0
if ending > now then return { 'early', math.min(ending - now, tonumber(row.ms) or 0) } end
if is_leased(row) then
    local remaining = tonumber(row.lease_until) - now
    -- The same instance competes again if the reply was lost.
    if row.owner == name then return { 'granted', remaining, row.token } end
    return { 'held', remaining, row.owner }
end
row.owner, row.token, row.lease_until = name, next_version(), now + lease
save_shared(breaker, row)
publish_trial(breaker, row, lease)
return { 'granted', lease, row.token }
