// What TVM's runtime calls a stream. Its wheels come without this header; what the runtime needs of it is written here anew.
#ifndef ORILLA_TVM_SUPPORT_IO_H_
#define ORILLA_TVM_SUPPORT_IO_H_

#include <cstddef>
#include <type_traits>

namespace tvm {
namespace support {

/// How a type is written; see serializer.h. The second parameter chooses among families of types.
template <typename T, typename = void>
struct Serializer;

/// Bytes in order. Numbers are little-endian, as WebAssembly and every machine that compiles are.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Fewer than `size` only at the end.
  virtual size_t Read(void* data, size_t size) = 0;
  virtual size_t Write(const void* data, size_t size) = 0;

  template <typename T>
  void Write(const T& value) {
    Serializer<T>::Write(this, value);
  }
  template <typename T>
  bool Read(T* value) {
    return Serializer<T>::Read(this, value);
  }
  /// The items alone, without their number.
  template <typename T>
  void WriteArray(const T* items, size_t count) {
    for (size_t i = 0; i < count; ++i) Serializer<T>::Write(this, items[i]);
  }
  template <typename T>
  bool ReadArray(T* items, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      if (!Serializer<T>::Read(this, items + i)) return false;
    }
    return true;
  }
};

}  // namespace support
}  // namespace tvm
#endif
