-- BRIGHT's layout: columns and types of xlangai/BRIGHT. Row groups of 2,048 rows (DuckDB's least), SNAPPY.
COPY (
  SELECT 'doc/' || i || '.txt' AS id,
         CASE WHEN i % 500 = 3 THEN '' ELSE 'Text ' || i || ' on 𝒳 and ünïts' || repeat(' again', (i % 4)::INTEGER) END AS content
  FROM range(5000) t(i) ORDER BY i
) TO 'bright/documents/toy-00000-of-00001.parquet' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 2048);
COPY (SELECT * FROM (VALUES
  ('page/a.txt', 'Long document one'), ('page/b.txt', 'Long document two')) t(id, content)
) TO 'bright/long_documents/toy-00000-of-00001.parquet' (FORMAT parquet, COMPRESSION snappy);

-- examples: list<varchar> columns, a sentinel, a repeated gold id, an empty list. ZSTD.
COPY (SELECT * FROM (VALUES
  ('Why 𝒳?', 'because', '0', ['N/A'], ['page/a.txt'], ['doc/1.txt', 'doc/4999.txt', 'doc/1.txt'], 'N/A'),
  ('Why units?', NULL, '1', ['doc/7.txt', 'doc/8.txt'], ['page/b.txt', 'page/a.txt'], ['doc/2048.txt'], 'N/A'),
  ('Nobody knows', 'empty', '2', ['N/A'], ['N/A'], []::VARCHAR[], NULL)
  ) t(query, reasoning, id, excluded_ids, gold_ids_long, gold_ids, gold_answer)
) TO 'bright/examples/toy-00000-of-00001.parquet' (FORMAT parquet, COMPRESSION zstd);
COPY (SELECT * FROM (VALUES
  ('Step by step about 𝒳', '0', ['N/A'], ['page/a.txt'], ['doc/1.txt']),
  ('Step by step about units', '1', ['doc/7.txt', 'doc/8.txt'], ['page/b.txt'], ['doc/2048.txt']),
  ('Step by step about nothing', '2', ['N/A'], ['N/A'], []::VARCHAR[])
  ) t(query, id, excluded_ids, gold_ids_long, gold_ids)
) TO 'bright/gpt4_reason/toy-00000-of-00001.parquet' (FORMAT parquet, COMPRESSION zstd);

-- mteb's layout: `_id`, `title` (NULL here and there), `text`; two shards. GZIP.
COPY (SELECT i::VARCHAR AS _id, CASE WHEN i % 2 = 0 THEN 'Title ' || i END AS title, 'Text ' || i AS text
  FROM range(3) t(i) ORDER BY i) TO 'mteb/corpus/corpus-00000-of-00002.parquet' (FORMAT parquet, COMPRESSION gzip);
COPY (SELECT i::VARCHAR AS _id, NULL::VARCHAR AS title, 'Text ' || i AS text
  FROM range(3, 5) t(i) ORDER BY i) TO 'mteb/corpus/corpus-00001-of-00002.parquet' (FORMAT parquet, COMPRESSION gzip);
COPY (SELECT 'q' || i AS _id, 'Query ' || i AS text FROM range(4) t(i) ORDER BY i)
  TO 'mteb/queries/queries-00000-of-00001.parquet' (FORMAT parquet, COMPRESSION gzip);
COPY (SELECT * FROM (VALUES ('q0', '0', 2), ('q0', '4', 0), ('q1', '3', 1)) t("query-id", "corpus-id", score))
  TO 'mteb/data/test-00000-of-00001.parquet' (FORMAT parquet, COMPRESSION gzip);

-- CoIR's layout: a partition column (dictionary-encoded), snake-case qrels, ids that are numbers in the qrels alone.
COPY (SELECT 'train' AS partition, '10' AS _id, 'Query ten' AS text, '' AS title, 'go' AS language, NULL::VARCHAR AS meta
  UNION ALL SELECT 'test', '11', 'Query eleven', '', 'go', NULL)
  TO 'coir/queries/queries.parquet' (FORMAT parquet, COMPRESSION snappy);
COPY (SELECT CASE WHEN i < 2 THEN 'train' ELSE 'test' END AS partition, i::VARCHAR AS _id, 'def f' || i AS text, 'f' || i AS title
  FROM range(4) t(i) ORDER BY i) TO 'coir/corpus/corpus.parquet' (FORMAT parquet, COMPRESSION snappy);
COPY (SELECT 10::BIGINT AS query_id, 1::BIGINT AS corpus_id, 1.0::DOUBLE AS score UNION ALL SELECT 11, 3, 1.0)
  TO 'coir/default/test.parquet' (FORMAT parquet, COMPRESSION snappy);

-- Every kind of column, pages of version 2, three row groups, BROTLI and LZ4 beside.
COPY (
  SELECT i AS int64, (i % 7)::INTEGER AS int32, 9007199254740993 + i AS beyond_double, i / 4.0 AS double, i % 3 = 0 AS flag,
         CASE WHEN i % 5 <> 0 THEN ['a' || i, NULL, '𝒳'] END AS list_of_text,
         ['one', 'two', 'three'][1 + i % 3] AS repeated, {'name': 'n' || i, 'size': i} AS struct,
         CASE WHEN i % 2 = 0 THEN 'text ' || i END AS nullable
  FROM range(4500) t(i) ORDER BY i
) TO 'kinds-v2-zstd.parquet' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048, PARQUET_VERSION v2);
COPY (SELECT i AS id, 'text ' || i AS text FROM range(5) t(i) ORDER BY i) TO 'brotli.parquet' (FORMAT parquet, COMPRESSION brotli);
COPY (SELECT i AS id, 'text ' || i AS text FROM range(5) t(i) ORDER BY i) TO 'lz4.parquet' (FORMAT parquet, COMPRESSION lz4_raw);
