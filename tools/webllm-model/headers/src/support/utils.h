// The one question about text that the runtime asks.
#ifndef ORILLA_TVM_SUPPORT_UTILS_H_
#define ORILLA_TVM_SUPPORT_UTILS_H_

#include <string>

namespace tvm {
namespace support {

inline bool StartsWith(const std::string& text, const char* start) { return text.rfind(start, 0) == 0; }

}  // namespace support
}  // namespace tvm
#endif
