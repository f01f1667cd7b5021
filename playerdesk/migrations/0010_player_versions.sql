-- players: which record a name and a language come from, and when spend was counted last.
SET lock_timeout = '5s';

-- Records arrive in any order: a name or language is replaced by a newer one only.
ALTER TABLE players.player
    ADD COLUMN name_version timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN language_version timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN counted_at timestamptz NOT NULL DEFAULT now();

-- After a change of the rule everybody who ever paid is counted again.
ALTER TABLE players.tier_rule ADD COLUMN changed_at timestamptz NOT NULL DEFAULT '-infinity';

-- The daily recount walks those who were counted longest ago.
DROP INDEX players.player_spenders;
CREATE INDEX player_to_count ON players.player (counted_at) WHERE last_purchase_at IS NOT NULL OR tier <> 'none';
CREATE INDEX player_unmanaged ON players.player (id) WHERE tier = 'high' AND vip_manager_id IS NULL;
