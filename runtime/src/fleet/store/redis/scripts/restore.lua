-- KEYS[5]: what is forced on the instance alone.
-- ARGV: channel, instance, then per breaker: name, '1' if it was forced on this instance alone, epoch, sequence, state,
-- ms or '' without an end, who, reason.
local newest = tonumber(meta[3])

for at = 3, #ARGV, 8 do
    local breaker, own = ARGV[at], ARGV[at + 1] == '1'
    local epoch, sequence = ARGV[at + 2], tonumber(ARGV[at + 3])
    local version = epoch .. '-' .. text(sequence)
    local key = own and KEYS[5] or FORCED
    local record = redis.call('HGET', key, breaker)
    local row = decode(record)
    if row.state == 'ended' or (tonumber(row['until']) or now + 1) <= now then record = nil end
    local is_lost = epoch ~= EPOCH or sequence > newest
    -- A command of this store beats what is restored to it.
    local is_known = record and (string.match(row.version or '', '^%d+') == EPOCH or not is_newer(version, row.version))
    if is_lost and not is_known then
        if epoch == EPOCH and sequence > tonumber(redis.call('HGET', META, 'sequence')) then
            redis.call('HSET', META, 'sequence', text(sequence))
        end
        save_forced(key, own and ARGV[2] or nil, breaker, ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7], version)
    end
end
return 'done'
