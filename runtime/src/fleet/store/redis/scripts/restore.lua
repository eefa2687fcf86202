-- ARGV: channel, then per breaker: name, epoch, sequence, state, ms or '' without an end, who, reason.
local newest = tonumber(meta[3])

-- Whether the version of an offer is newer than that of a restored record.
local function is_newer(epoch, sequence, record)
    local version = decode(record).version or ''
    local record_epoch, record_sequence = string.match(version, '^(%d+)-(%d+)$')
    if not record_epoch or record_epoch == EPOCH then return false end
    record_epoch, record_sequence = tonumber(record_epoch), tonumber(record_sequence)
    return epoch > record_epoch or (epoch == record_epoch and sequence > record_sequence)
end

for at = 2, #ARGV, 7 do
    local breaker, epoch, sequence = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
    local record = redis.call('HGET', FORCED, breaker)
    if (tonumber(decode(record)['until']) or now + 1) <= now then record = nil end
    local is_lost = epoch ~= EPOCH or sequence > newest
    if is_lost and (not record or is_newer(tonumber(epoch), sequence, record)) then
        if epoch == EPOCH and sequence > tonumber(redis.call('HGET', META, 'sequence')) then
            redis.call('HSET', META, 'sequence', text(sequence))
        end
        save_forced(breaker, ARGV[at + 3], ARGV[at + 4], ARGV[at + 5], ARGV[at + 6],
            epoch .. '-' .. text(sequence))
    end
end
return 'done'
