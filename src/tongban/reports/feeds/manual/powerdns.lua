-- PowerDNS Recursor 4.5 or newer, in lua-config-file. Written by `tongban feed manual powerdns`.
--
-- The zone comes from the primary (`tongban feed manual bind`), changes as differences (IXFR) every five seconds and
-- after each NOTIFY (allow-notify-from=@PRIMARY@, allow-notify-for=@ZONE@ from 4.6). dumpFile and seedFile: after a
-- restart or a kill -9 the last zone is there before the first answer.

rpzPrimary({"@PRIMARY@:@PORT@"}, "@ZONE@", {
  refresh = 5,
  tsigname = "tongban-feed", tsigalgo = "hmac-sha256", tsigsecret = "@SECRET@",
  dumpFile = "@DATA@/@ZONE@.dump", seedFile = "@DATA@/@ZONE@.dump",
  -- The explaining page instead of "there is no such name":
  -- defpol = Policy.Custom, defcontent = "@PAGE@", defttl = 5,
})
