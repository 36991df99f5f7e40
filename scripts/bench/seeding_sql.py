"""The statements of the seeding, in the order in which they run."""

from __future__ import annotations

BOARDS = """
    INSERT INTO board (slug, name, purpose, rules, triage_policy, position, archived, created_at)
    SELECT 'board-' || n, 'Board ' || n, 'For everybody who wants to measure how fast this is.',
           E'Be kind.\n\n- No advice on doses\n- No names', '{}', n, false, now() - interval '3 years'
    FROM generate_series(1, $1::int) AS n
"""

MEMBERS = """
    INSERT INTO member (handle, handle_key, phrase_hash, role, joined_on, phrase_noted, note_choices, totp_last_step)
    SELECT 'calm-otter-' || n, 'calm-otter-' || n, 'nobody signs in with a phrase here', 'member',
           current_date - (n % 1000)::int, true, '{}', 0
    FROM generate_series(1, $1::int) AS n
"""

PLAN = (
    # Each thread has a pace (days between posts) and begins so that it is over by now. Ids follow the beginnings.
    """CREATE TEMP TABLE begun_thread AS
       SELECT row_number() OVER (ORDER BY began) AS id, title, size, pace, began FROM (
         SELECT title, size, pace, now() - (pace * size + random() * (1095 - pace * size)) * interval '1 day' AS began
         FROM (SELECT *, least(0.01 + 0.3 * random() ^ 3, 1090.0 / size) AS pace FROM planned_thread) AS paced
       ) AS placed""",
    """CREATE TEMP TABLE planned_post AS
       SELECT row_number() OVER (ORDER BY at) AS id, thread, place, at, place <= 2 OR random() > 0.35 AS is_top,
              CASE WHEN random() > 0.005 THEN 1 + floor(members.count * random() ^ 2)::bigint END AS author
       FROM (SELECT id AS thread, place, began + (place - 1 + 0.9 * random()) * pace * interval '1 day' AS at
             FROM begun_thread, generate_series(1, size) AS place) AS placed,
            (SELECT count(*) FROM member) AS members""",
    "ANALYZE planned_post",
    "ANALYZE begun_thread",
)

POSTS = """
    INSERT INTO post (id, thread, author, branch, quoted, body, revision, state, note_topic, note_text,
                      submission_key, created_at, edited_at)
    SELECT planned.id, thread, author, branch, quoted, CASE WHEN state = 'deleted' THEN '' ELSE
             concat_ws(E'\n\n', first.words, second.words, third.words,
                       CASE WHEN planned.id % 9973 = 0 THEN 'The old lighthouse was lit again.' END) END,
           1, state, CASE WHEN noted < 0.1 THEN 'relapse' ELSE '' END,
           CASE WHEN noted BETWEEN 0.1 AND 0.12 THEN 'a hard week' ELSE '' END, gen_random_uuid(), at,
           CASE WHEN state = 'deleted' THEN at + interval '1 hour' END
    FROM (
      SELECT id, thread, author, at, random() AS noted,
             max(id) FILTER (WHERE is_top) OVER earlier AS branch,
             CASE WHEN NOT is_top THEN lag(id) OVER earlier END AS quoted,
             CASE WHEN chance < 0.02 THEN 'covered' WHEN chance < 0.023 THEN 'held' WHEN chance < 0.033 THEN 'deleted'
                  WHEN chance < 0.036 THEN 'removed' ELSE 'published' END AS state,
             floor(12000 * random())::int AS one,
             CASE WHEN random() < 0.6 THEN floor(12000 * random())::int END AS two,
             CASE WHEN random() < 0.3 THEN floor(12000 * random())::int END AS three
      FROM (SELECT *, random() AS chance FROM planned_post) AS drawn
      WINDOW earlier AS (PARTITION BY thread ORDER BY id)
    ) AS planned
    JOIN paragraph AS first ON first.id = one
    LEFT JOIN paragraph AS second ON second.id = two
    LEFT JOIN paragraph AS third ON third.id = three
    ORDER BY planned.id
"""

# Nobody has written on the last board for two years.
THREADS = """
    INSERT INTO thread (id, board, author, title, created_at, last_post_at, last_post, reply_count, deleted_at)
    SELECT begun_thread.id, CASE WHEN last_at > now() - interval '2 years' THEN least(drawn.board, 12) ELSE drawn.board
           END, opening.author, title, first_at, last_at, last_post, size - 1, CASE WHEN random() < 0.01 THEN now() END
    FROM begun_thread
    JOIN (SELECT id, 1 + floor((SELECT count(*) FROM board) * random() ^ 1.5)::int AS board FROM begun_thread) AS drawn
         ON drawn.id = begun_thread.id
    JOIN (SELECT thread, min(at) AS first_at, max(at) AS last_at, max(id) AS last_post
          FROM planned_post GROUP BY thread) AS span ON span.thread = begun_thread.id
    JOIN planned_post AS opening ON opening.thread = begun_thread.id AND opening.place = 1
    ORDER BY begun_thread.id
"""

AROUND = (
    """INSERT INTO reaction (post, member, kind, created_at)
       SELECT post, member, kind, now() FROM (
         SELECT DISTINCT 1 + floor(posts.count * random())::bigint AS post,
                1 + floor(members.count * random() ^ 2)::bigint AS member,
                (ARRAY['with-you', 'thank-you', 'helped', 'proud'])[1 + floor(4 * random())::int] AS kind
         FROM (SELECT count(*) FROM post) AS posts, (SELECT count(*) FROM member) AS members,
              generate_series(1, posts.count / 2)) AS drawn""",
    """INSERT INTO follow (member, thread, created_at)
       SELECT DISTINCT author, thread, now() FROM planned_post
       WHERE author IS NOT NULL AND random() < CASE WHEN place = 1 THEN 0.8 ELSE 0.15 END""",
    """INSERT INTO visit (member, thread, last_post)
       SELECT author, thread, max(id) FROM planned_post
       WHERE author IS NOT NULL AND random() < 0.5 GROUP BY author, thread""",
    """INSERT INTO notice (member, kind, post, detail, created_at, read_at)
       SELECT answered.author, 'reply', post.id, '', post.created_at,
              CASE WHEN random() < 0.9 THEN post.created_at + interval '1 hour' END
       FROM post JOIN post AS answered ON answered.id = post.quoted
       WHERE answered.author <> post.author ORDER BY post.id""",
    """INSERT INTO triage_task (post, revision, created_at, available_at, attempts, done_at, failure)
       SELECT id, 1, created_at, created_at, 1, created_at + interval '2 seconds', '' FROM post ORDER BY id""",
    """INSERT INTO draft (member, place, title, body, note_topic, note_text, updated_at)
       SELECT id, 'thread:' || id, '', 'I wanted to say', '', '', now() FROM member WHERE id % 3 = 0""",
    """INSERT INTO avoidance (member, other, kind, created_at)
       SELECT DISTINCT ON (member, other) member, other, 'mute', now() FROM (
         SELECT 1 + floor(members.count * random())::bigint AS member,
                1 + floor(members.count * random())::bigint AS other
         FROM (SELECT count(*) FROM member) AS members, generate_series(1, members.count / 5)) AS drawn
       WHERE member <> other""",
)
