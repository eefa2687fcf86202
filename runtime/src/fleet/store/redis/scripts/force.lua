-- ARGV: channel, breaker, state (open, closed or released), ms or '' without an end, who, reason.
local version = next_version()
save_forced(ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], version)
return version
