-- Tell the application who asks. This runs twice: as the request comes, and once more when the guard has let it in and has
-- set these variables. Fields of these names are ours alone, however a client spells them.
local r = lighty.r
local foreign = {}

for name in pairs(r.req_header) do
	local small = name:lower()
	if small:find("^remote") or small:find("^variable") or small:find("^yett") then
		foreign[#foreign + 1] = name
	end
end
for _, name in ipairs(foreign) do
	r.req_header[name] = nil
end
r.req_header["Remote-User"] = r.req_env["REMOTE_USER"]
r.req_header["Remote-User-Id"] = r.req_env["YETT_USER_ID"]
r.req_header["Remote-Email"] = r.req_env["YETT_EMAIL"]
r.req_header["Remote-Roles"] = r.req_env["YETT_ROLES"]
r.req_header["Remote-Org"] = r.req_env["YETT_ORG"]
