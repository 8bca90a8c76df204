-- Knot Resolver 5 refuses what stands in a file, and reads it when it is replaced. Written by `tongban feed manual knot`.
-- Tried with 5.6.0 of Debian 12. Version 6 has other settings (YAML): this is not for it.
--
--   1. apt-get install --no-install-recommends knot-resolver lua-cqueues curl bind9-dnsutils
--      Without lua-cqueues the file is not read again; with these lines kresd then does not start, and says so.
--   2. install -d -m 755 @DATA@
--      tongban feed manual knot-fetch, as /usr/local/sbin/knot-fetch (mode 755); run it once: it makes @DATA@/tongban.rpz
--   3. this file as /etc/knot-resolver/tongban.lua, and in /etc/knot-resolver/kresd.conf, before any policy.add of your own:
--        dofile('/etc/knot-resolver/tongban.lua')
--   4. systemctl enable kresd@1.service && systemctl restart kresd@1.service     (of several, each one)
--   5. the timer that knot-fetch says: a decision and a lifting are live a moment after it has run
-- Look: dig @127.0.0.1 NAME of a listed name, of one below it (NXDOMAIN), and of any other.
--
-- * kresd reads the file before it answers its first question: after a restart or a kill -9, with the house gone or not,
--   what stood in it is refused. Without the file, or with another one in its place, kresd does not start.
-- * Nothing but knot-fetch writes the file: kresd believes an empty one, and all names would be open.
-- * While kresd reads the file it answers nobody: 2 s with 100,000 names on a busy machine.
-- * Knot looks at the question alone. Where another name leads to a listed one (CNAME), the answer comes through; BIND,
--   Unbound and PowerDNS Recursor refuse that as well.
-- * Nobody is written down, as long as log_level stays at 'notice' or above it.

-- Where this resolver asks others and not the root servers, say it here and nowhere else (policy.FORWARD, policy.STUB):
-- protected names go past every other rule, a forward below included.
local forward = nil   -- policy.FORWARD({'192.0.2.1', '192.0.2.2'}); tried with policy.STUB

-- "There is no such name", with the address of the page that says why in the additional section. Knot cannot lead to the
-- explaining page by its name (TONGBAN_FEED_PAGE_HOST), but by its address: put this in place of the line below.
--   local refused = policy.ANSWER({ [kres.type.A] = { rdata = kres.str2ip('ADDRESS-OF-THE-PAGE'), ttl = 5 } }, true)
local refused = policy.DENY_MSG('@SITE@/blocked/')

local file = '@DATA@/tongban.rpz'
local text = assert(io.open(file), file .. ' is not there: run knot-fetch first'):read('*a')
assert(text:find('zzz-tongban-feed TXT', 1, true), file .. ' is no feed of Tongban')
text = nil

local listed = policy.rpz(refused, file, true)
policy.add(function (req, query)
  local action = listed(req, query)
  if action == policy.PASS then return forward or action end
  return action
end)
if forward then policy.add(policy.all(forward)) end
