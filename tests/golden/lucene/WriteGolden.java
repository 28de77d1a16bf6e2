import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopFieldDocs;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;

/**
 * BM25 and BM25 with RM3 in Lucene, as docs/semantics.md describes them. Reads lines of `id TAB text` and writes the
 * expanded query and the head of its ranking as JSON, or whole rankings as a TREC run.
 *
 * Usage: WriteGolden DOCUMENTS QUERIES json|bm25|rm3 HITS
 */
public final class WriteGolden {
  private static final int DOCUMENTS = 10;
  private static final int TERMS = 10;
  private static final double WEIGHT = 0.5;
  private static final double MOST = 0.1;
  private static final String FIELD = "contents";

  public static void main(String[] args) throws IOException {
    Locale.setDefault(Locale.ROOT);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Analyzer analyzer = new EnglishAnalyzer();
    try (Directory directory = index(Path.of(args[0]), analyzer);
        IndexReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setSimilarity(new BM25Similarity(0.9f, 0.4f));
      int hits = Integer.parseInt(args[3]);
      boolean json = args[2].equals("json");
      List<String> rows = new ArrayList<>();
      for (String line : Files.readAllLines(Path.of(args[1]))) {
        String[] parts = line.split("\t", 2);
        Map<String, Double> query = counts(analyzer, parts[1]);
        Map<String, Double> expanded = args[2].equals("bm25") ? query : expand(query, searcher);
        ScoreDoc[] found = search(searcher, expanded, hits);
        if (json) rows.add(jsonRow(parts[0], expanded, found, searcher));
        else writeRun(out, parts[0], found, searcher);
      }
      if (json) out.println("[\n" + String.join(",\n", rows) + "\n]");
    }
  }

  private static Directory index(Path documents, Analyzer analyzer) throws IOException {
    FieldType type = new FieldType(TextField.TYPE_NOT_STORED);
    type.setStoreTermVectors(true);
    Directory directory = new ByteBuffersDirectory();
    try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer))) {
      for (String line : Files.readAllLines(documents)) {
        String[] parts = line.split("\t", 2);
        Document document = new Document();
        document.add(new StringField("id", parts[0], Field.Store.YES));
        document.add(new SortedDocValuesField("id", new BytesRef(parts[0])));
        document.add(new Field(FIELD, parts[1], type));
        writer.addDocument(document);
      }
      writer.forceMerge(1);
    }
    return directory;
  }

  private static Map<String, Double> counts(Analyzer analyzer, String text) throws IOException {
    Map<String, Double> counts = new TreeMap<>();
    try (TokenStream stream = analyzer.tokenStream(FIELD, text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) counts.merge(term.toString(), 1.0, Double::sum);
      stream.end();
    }
    return counts;
  }

  /** Score descending, then id descending, as trec_eval orders ties. */
  private static ScoreDoc[] search(IndexSearcher searcher, Map<String, Double> terms, int hits) throws IOException {
    BooleanQuery.setMaxClauseCount(100_000);
    BooleanQuery.Builder builder = new BooleanQuery.Builder();
    terms.forEach((term, weight) -> {
      Query one = new BoostQuery(new TermQuery(new Term(FIELD, term)), weight.floatValue());
      builder.add(one, BooleanClause.Occur.SHOULD);
    });
    Sort sort = new Sort(SortField.FIELD_SCORE, new SortField("id", SortField.Type.STRING, true));
    TopFieldDocs found = searcher.search(builder.build(), hits, sort, true);
    return found.scoreDocs;
  }

  private static Map<String, Double> expand(Map<String, Double> query, IndexSearcher searcher) throws IOException {
    IndexReader reader = searcher.getIndexReader();
    Map<String, Double> model = new HashMap<>();
    for (ScoreDoc hit : search(searcher, query, DOCUMENTS)) {
      Map<String, Double> vector = heaviest(termVector(reader, hit.doc), TERMS);
      double length = sum(vector);
      vector.forEach((term, count) -> model.merge(term, count / length * hit.score, Double::sum));
    }
    Map<String, Double> best = heaviest(model, TERMS);
    double total = sum(best);
    double asked = sum(query);
    Map<String, Double> mixed = new TreeMap<>();
    query.forEach((term, count) -> mixed.put(term, WEIGHT * count / asked));
    best.forEach((term, weight) -> mixed.merge(term, (1 - WEIGHT) * weight / total, Double::sum));
    return mixed;
  }

  private static Map<String, Double> termVector(IndexReader reader, int document) throws IOException {
    Map<String, Double> vector = new HashMap<>();
    TermsEnum terms = Objects.requireNonNull(reader.getTermVector(document, FIELD)).iterator();
    for (BytesRef bytes = terms.next(); bytes != null; bytes = terms.next()) {
      String term = bytes.utf8ToString();
      boolean rare = (double) reader.docFreq(new Term(FIELD, term)) / reader.numDocs() <= MOST;
      if (rare && term.matches("[a-z0-9]{2,20}")) vector.put(term, (double) terms.totalTermFreq());
    }
    return vector;
  }

  private static Map<String, Double> heaviest(Map<String, Double> terms, int count) {
    Map<String, Double> kept = new TreeMap<>();
    terms.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
        .limit(count)
        .forEach(entry -> kept.put(entry.getKey(), entry.getValue()));
    return kept;
  }

  private static double sum(Map<String, Double> terms) {
    return terms.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static String jsonRow(String id, Map<String, Double> query, ScoreDoc[] found, IndexSearcher searcher)
      throws IOException {
    List<String> terms = new ArrayList<>();
    query.forEach((term, weight) -> terms.add("\"" + term + "\": " + weight));
    List<String> hits = new ArrayList<>();
    for (ScoreDoc hit : found) hits.add("[\"" + searcher.doc(hit.doc).get("id") + "\", " + score(hit) + "]");
    return "{\"query\": \"" + id + "\", \"terms\": {" + String.join(", ", terms) + "},\n \"hits\": ["
        + String.join(", ", hits) + "]}";
  }

  private static void writeRun(PrintStream out, String id, ScoreDoc[] found, IndexSearcher searcher)
      throws IOException {
    for (int rank = 0; rank < found.length; rank++) {
      String document = searcher.doc(found[rank].doc).get("id");
      out.printf("%s Q0 %s %d %s lucene%n", id, document, rank + 1, score(found[rank]));
    }
  }

  private static String score(ScoreDoc hit) {
    return Float.toString(((Number) ((FieldDoc) hit).fields[0]).floatValue());
  }
}
