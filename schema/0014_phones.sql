-- Phones, for codes by SMS.

ALTER TABLE users ADD COLUMN phone TEXT;              -- E.164: '+' and 8 to 15 digits; NULL: none
ALTER TABLE users ADD COLUMN phone_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (phone_confirmed IN (0, 1)); -- 1: a code that was sent there came back

-- Who signs in by one is one user.
CREATE UNIQUE INDEX users_phone ON users (phone) WHERE phone_confirmed = 1;
