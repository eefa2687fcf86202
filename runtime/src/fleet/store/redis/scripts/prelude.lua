-- Every script starts with this file.
-- KEYS 1 to 4 are meta, instances, forced and shared. ARGV[1] is the channel of changes.
local META, INSTANCES, FORCED, SHARED = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local CHANNEL = ARGV[1]

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

-- Lua prints large numbers as 1.7e12.
local function text(value)
    if type(value) == 'number' then return string.format('%.0f', value) end
    return value
end

local function escape(value)
    return (string.gsub(text(value), '[^%w%-_%.~:/%*%[%],]', function(char)
        if char == ' ' then return '+' end
        return string.format('%%%02X', string.byte(char))
    end))
end

local function unescape(value)
    value = string.gsub(value, '+', ' ')
    return (string.gsub(value, '%%(%x%x)', function(digits) return string.char(tonumber(digits, 16)) end))
end

-- A longer record is not the fleet's; its pattern match could take seconds.
local LONGEST_RECORD = 4096

-- The fields of a record: {state = 'open', …}. Of equal names, the first one counts.
local function decode(record)
    local fields = {}
    if not record or #record > LONGEST_RECORD then return fields end
    for name, value in string.gmatch(record, '([^&=]+)=([^&]*)') do
        if not fields[name] then fields[name] = unescape(value) end
    end
    return fields
end

-- encode('state', 'open', 'ms', nil): pairs whose value is nil are left out.
local function encode(...)
    local parts = {}
    for index = 1, select('#', ...), 2 do
        local name, value = select(index, ...)
        if value ~= nil then parts[#parts + 1] = name .. '=' .. escape(value) end
    end
    return table.concat(parts, '&')
end

local meta = redis.call('HMGET', META, 'protocol', 'epoch', 'sequence')
if not meta[1] then
    if redis.call('EXISTS', META) == 1 then return redis.error_reply('WRONGTYPE foreign hash') end
    redis.call('HSET', META, 'protocol', '1', 'epoch', text(now), 'sequence', '0')
    meta = { '1', text(now), '0' }
elseif meta[1] ~= '1' then
    return redis.error_reply('LAYOUT ' .. meta[1])
end
local EPOCH = meta[2]

local function next_version()
    return EPOCH .. '-' .. text(redis.call('HINCRBY', META, 'sequence', 1))
end

local function publish(...)
    redis.call('PUBLISH', CHANNEL, encode(...))
end

local function save_shared(breaker, row)
    redis.call('HSET', SHARED, breaker, encode(
        'until', row['until'], 'ms', row.ms, 'round', row.round, 'open', row.open, 'live', row.live,
        'last', row.last, 'owner', row.owner, 'token', row.token, 'lease_until', row.lease_until,
        'version', row.version))
end

-- A lease that seems to last longer than a minute is from before the server's clock was set back.
local function is_leased(row)
    local ending = tonumber(row.lease_until) or 0
    return ending > now and ending <= now + 60000
end

local function clear_lease(row)
    row.owner, row.token, row.lease_until = nil, nil, nil
end

local function publish_opened(breaker, row)
    publish('kind', 'opened', 'breaker', breaker, 'ms', row.ms, 'round', row.round, 'open', row.open,
        'live', row.live, 'last', row.last, 'version', row.version)
end

local function publish_trial(breaker, row, ms)
    publish('kind', 'trial', 'breaker', breaker, 'owner', row.owner, 'ms', ms, 'version', row.token)
end

-- Whether a version is newer than another one, as `Version::is_newer` decides.
local function is_newer(version, other)
    local epoch, sequence = string.match(version or '', '^(%d+)-(%d+)$')
    local other_epoch, other_sequence = string.match(other or '', '^(%d+)-(%d+)$')
    if not epoch or not other_epoch then return false end
    if (epoch == EPOCH) ~= (other_epoch == EPOCH) then return epoch == EPOCH end
    epoch, other_epoch = tonumber(epoch), tonumber(other_epoch)
    if epoch ~= other_epoch then return epoch > other_epoch end
    return tonumber(sequence) > tonumber(other_sequence)
end

-- instance: the one whose states `key` holds; nil for those of all instances.
-- state 'released' removes a forced state; the record stays for a day, so that an instance that remembers the forced
-- state of a lost store cannot bring it back.
local function save_forced(key, instance, breaker, state, ms, who, reason, version)
    local released = state == 'released'
    if ms == '' then ms = nil end
    redis.call('HSET', key, breaker, encode('state', state, 'until', ms and (now + tonumber(ms)), 'ms', ms,
        'who', who, 'reason', reason, 'version', version))
    local kind = released and 'released' or 'forced'
    -- An instance of an earlier version ignores this kind.
    if instance then kind = kind .. '_on' end
    publish('kind', kind, 'breaker', breaker, 'instance', instance,
        'state', not released and state or nil, 'ms', not released and ms or nil,
        'who', who, 'reason', reason, 'version', version)
end
