// Writes every file of this folder: three rows of four numbers that float32 holds exactly, and their ids.
const polars = require("nodejs-polars");

const ids = ["a", "é 2", "東京😀"];
const rows = [
  [1, -2, 0.5, 4],
  [0, 0.25, -0.125, 8],
  [3, 2 ** -14, 2 ** -24, 65504],
];

function frame(type) {
  return polars.DataFrame({
    id: polars.Series("id", ids, polars.Utf8),
    vector: polars.Series("vector", rows, type),
  });
}

const plain = { compression: "uncompressed" };
frame(polars.List(polars.Float32)).writeIPC("float32.arrow", plain);
frame(polars.List(polars.Float64)).writeIPC("float64.arrow", plain);
frame(polars.FixedSizeList(polars.Float32, 4)).writeIPC("fixed.arrow", plain);
frame(polars.List(polars.Float32)).writeIPCStream("stream.arrow", plain);
frame(polars.List(polars.Float32)).writeIPC("zstd.arrow", { compression: "zstd" });
frame(polars.List(polars.Float32)).writeIPC("lz4.arrow", { compression: "lz4" });
frame(polars.FixedSizeList(polars.Float32, 4)).writeParquet("fixed.parquet");
