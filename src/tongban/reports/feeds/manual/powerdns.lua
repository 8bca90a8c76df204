-- PowerDNS Recursor 4.5 or newer, in lua-config-file. Written by `tongban feed manual powerdns`.
--
-- The zones come from the primary (`tongban feed manual bind`), changes as differences (IXFR) every five seconds and
-- after each NOTIFY (allow-notify-from=@PRIMARY@, allow-notify-for=@RECENT@,@ZONE@ from 4.6). dumpFile and seedFile: after a
-- restart or a kill -9 the last zones are there before the first answer.

-- The explaining page instead of "there is no such name" comes with the zone (TONGBAN_FEED_PAGE_HOST).

for _, name in ipairs({"@RECENT@", "@ZONE@"}) do   -- what changed lately stands first
  rpzPrimary({"@PRIMARY@:@PORT@"}, name, {
    refresh = 5,
    tsigname = "tongban-feed", tsigalgo = "hmac-sha256", tsigsecret = "@SECRET@",
    dumpFile = "@DATA@/" .. name .. ".dump", seedFile = "@DATA@/" .. name .. ".dump",
  })
end
