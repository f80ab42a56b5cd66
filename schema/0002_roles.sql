-- Roles that end by themselves, and finding who inherits from a role.

ALTER TABLE user_roles ADD COLUMN expires_at INTEGER;     -- ms; NULL: held until taken away

CREATE INDEX role_parents_parent ON role_parents (parent_role_id);
CREATE INDEX role_permissions_permission ON role_permissions (permission_id);
