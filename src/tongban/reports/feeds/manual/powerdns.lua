-- PowerDNS Recursor takes the policy zones from the primary. Written by `tongban feed manual powerdns`.
-- Tried with 4.8.8 of Debian 12; rpzPrimary came with 4.5. Not tried with 5, which has a YAML form of the same.
--
--   1. apt-get install --no-install-recommends pdns-recursor bind9-dnsutils
--      install -d -o pdns -g pdns -m 755 @DATA@
--   2. the primary (`tongban feed manual bind`) gives the zones to whoever has the key (allow-transfer), so nothing is said
--      there of this machine. The zones as they are now, before the first start (the key: what tsig-keygen printed):
--        for zone in @RECENT@ @ZONE@; do
--          dig +onesoa @@PRIMARY@ -p @PORT@ -k tongban-feed.key $zone AXFR |
--            awk '$4 != "TSIG"' >@DATA@/$zone.dump
--        done
--        chown pdns: @DATA@/*.dump
--   3. this file as /etc/powerdns/tongban.lua (owner root:pdns, mode 640: it holds the secret), and the last line of
--      /etc/powerdns/recursor.lua (or of what lua-config-file names):
--        dofile("/etc/powerdns/tongban.lua")
--   4. /etc/powerdns/recursor.d/tongban.conf:
--        packetcache-ttl=1
--        loglevel=5
--      The first is not to be left out: what the packet cache holds is answered whatever the zones say, so a name that
--      somebody asked for before the decision would stay open for up to an hour; a lifted one stays closed as well.
--      The second leaves out the line that each look for changes writes. Nobody is written down: quiet=yes, as shipped.
--   5. systemctl restart pdns-recursor
-- Look: dig @127.0.0.1 NAME of a listed name, of one below it (NXDOMAIN), and of any other.
--
-- * A change is here within two seconds, the first one after a start within eleven (until then 4.8 looks each ten seconds,
--   whatever refresh says): it comes as a difference (IXFR). NOTIFY is of no use: 4.8 takes it for its cache, not the zone.
-- * dumpFile is written after each change, seedFile is read before the first answer: after a restart or a kill -9, with the
--   primary gone or not, what was taken last is refused. A kill within the moment between the two starts from the one before.
-- * Without a seed file the Recursor would answer everything until it has the zone, for ever where the primary is gone. So
--   this file lets it start with both alone. With a primary of one zone (no @RECENT@ there) take the first one out below.
-- * The explaining page instead of "there is no such name" comes with the zone (TONGBAN_FEED_PAGE_HOST).

local zones = {
  {"@RECENT@", 1},   -- what changed lately stands first; seconds between two looks
  {"@ZONE@", 5},
}
for _, zone in ipairs(zones) do
  local file = "@DATA@/" .. zone[1] .. ".dump"
  local seed = assert(io.open(file), file .. " is not there: fetch it once by dig (step 2)")
  assert(seed:read("*a"):find("zzz-tongban-", 1, true), file .. " is no zone of Tongban: fetch it by dig (step 2)")
  seed:close()
  rpzPrimary({"@PRIMARY@:@PORT@"}, zone[1], {
    refresh = zone[2],
    tsigname = "tongban-feed", tsigalgo = "hmac-sha256", tsigsecret = "@SECRET@",
    dumpFile = file, seedFile = file,
  })
end
