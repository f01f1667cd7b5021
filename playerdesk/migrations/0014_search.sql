-- search: what each entry of a timeline, and each player, can be found by.
SET lock_timeout = '5s';

-- One row per message, note and solution, fed from the event log. `words` holds the tokens of kernel/words.py and three
-- marks of its own: §f and §c, which stretch of ids it stands in (a fine one and a coarse one), and §b, its brand.
-- So the index itself answers "this word, lately, in these brands", however common the word is.
CREATE TABLE tickets.search (
    id bigint PRIMARY KEY,                         -- tickets.message.id: grows with time
    ticket_id bigint NOT NULL,
    seq bigint NOT NULL,
    at timestamptz NOT NULL,
    words tsvector NOT NULL,
    -- an entry that moves to another ticket, or goes, takes its words along
    FOREIGN KEY (ticket_id, seq) REFERENCES tickets.message (ticket_id, seq) ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX search_entry ON tickets.search (ticket_id, seq);
-- What has just been added is looked through by every search, one by one: that list is kept short.
CREATE INDEX search_words ON tickets.search USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 256);

-- The tickets of before this migration, newest first; `below` falls to 1 and then everything is in.
CREATE TABLE tickets.search_backfill (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    below bigint NOT NULL
);
-- The reader begins here and now; what it may have missed is below the ids read a moment later.
INSERT INTO kernel.cursor (reader, snapshot) VALUES ('search', pg_current_snapshot()::text);
INSERT INTO tickets.search_backfill (below) SELECT coalesce(max(id), 0) + 1 FROM tickets.ticket;

-- Players by name, pinyin, characters and accounts; phone and e-mail under marks that need a permission.
CREATE TABLE players.search (
    player_id bigint PRIMARY KEY REFERENCES players.player ON DELETE CASCADE,
    words tsvector NOT NULL
);
CREATE INDEX search_words ON players.search USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 256);

-- Whose words have to be made anew. Triggers, for the statements that meet a player are the hottest of the desk and
-- nearly always change nothing of this: the condition is looked at before anything runs.
CREATE TABLE players.search_due (
    player_id bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION players.player_to_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO players.search_due (player_id) VALUES (NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION players.owner_to_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO players.search_due (player_id) VALUES (OLD.player_id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO players.search_due (player_id) VALUES (NEW.player_id);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER search_added AFTER INSERT ON players.player FOR EACH ROW EXECUTE FUNCTION players.player_to_search();
CREATE TRIGGER search_changed AFTER UPDATE OF name ON players.player
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION players.player_to_search();
CREATE TRIGGER search_added AFTER INSERT OR DELETE ON players.identity
    FOR EACH ROW EXECUTE FUNCTION players.owner_to_search();
CREATE TRIGGER search_changed AFTER UPDATE OF player_id, value ON players.identity
    FOR EACH ROW WHEN ((OLD.player_id, OLD.value) IS DISTINCT FROM (NEW.player_id, NEW.value))
    EXECUTE FUNCTION players.owner_to_search();
CREATE TRIGGER search_added AFTER INSERT OR DELETE ON players.character
    FOR EACH ROW EXECUTE FUNCTION players.owner_to_search();
CREATE TRIGGER search_changed AFTER UPDATE OF player_id, name ON players.character
    FOR EACH ROW WHEN ((OLD.player_id, OLD.name) IS DISTINCT FROM (NEW.player_id, NEW.name))
    EXECUTE FUNCTION players.owner_to_search();

-- Everybody there is has to be read once.
INSERT INTO players.search_due (player_id) SELECT id FROM players.player;

-- Files that were asked for. The bytes go straight to who asked; here stands what was asked, and how far it is.
CREATE TABLE tickets.export (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES staff.person,
    format text NOT NULL CHECK (format IN ('csv', 'xlsx')),
    columns text[] NOT NULL,
    question jsonb NOT NULL,                       -- words and condition, as a search takes them
    language text NOT NULL,
    state text NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'running', 'done', 'cancelled', 'failed')),
    written bigint NOT NULL DEFAULT 0,             -- rows
    created_at timestamptz NOT NULL DEFAULT now(),
    beat_at timestamptz NOT NULL DEFAULT now()     -- silent for long: whoever wrote it is gone
);
CREATE INDEX export_person ON tickets.export (person_id, id);
