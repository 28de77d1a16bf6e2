// The row type under the name that newer versions of FAISS give it.
#include <faiss/Index.h>
namespace faiss {
using idx_t = Index::idx_t;
}
