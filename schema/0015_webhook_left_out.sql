-- Webhooks for which events were left out.

-- ms: since when events were left out, as too many waited; NULL: none were
ALTER TABLE webhooks ADD COLUMN left_out_at INTEGER;
