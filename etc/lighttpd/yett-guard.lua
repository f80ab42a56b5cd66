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
-- The session's cookie is not for applications: whoever reads their logs, or their memory, would be signed in; nor are those
-- that a browser is known by, and that a link by mail is bound to. The guard needs the first, so they go at the second time.
local cookies = r.req_header["Cookie"]
if cookies and r.req_env["YETT_SEEN"] then
	cookies = ("; " .. cookies):gsub("; *yett=[^;]*", ""):gsub("; *__Host%-yett=[^;]*", "")
	cookies = cookies:gsub("; *yett%-device=[^;]*", ""):gsub("; *__Host%-yett%-device=[^;]*", "")
	cookies = cookies:gsub("; *yett%-asked=[^;]*", ""):gsub("; *__Host%-yett%-asked=[^;]*", "")
	cookies = cookies:gsub("^; *", "")
	r.req_header["Cookie"] = cookies ~= "" and cookies or nil
end
r.req_env["YETT_SEEN"] = "1"
r.req_header["Remote-User"] = r.req_env["REMOTE_USER"]
r.req_header["Remote-User-Id"] = r.req_env["YETT_USER_ID"]
r.req_header["Remote-Email"] = r.req_env["YETT_EMAIL"]
r.req_header["Remote-Roles"] = r.req_env["YETT_ROLES"]
r.req_header["Remote-Org"] = r.req_env["YETT_ORG"]
