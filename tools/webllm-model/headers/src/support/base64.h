// Base64 for tensors in TVM's JSON. A model library has none: whoever comes here is told, instead of being given wrong bytes.
#ifndef ORILLA_TVM_SUPPORT_BASE64_H_
#define ORILLA_TVM_SUPPORT_BASE64_H_

#include <tvm/ffi/error.h>
#include <tvm/support/io.h>

namespace tvm {
namespace support {

class NoBase64 : public Stream {
 public:
  using Stream::Read;
  using Stream::Write;
  explicit NoBase64(Stream*) {}
  size_t Read(void*, size_t) final { return Refuse(); }
  size_t Write(const void*, size_t) final { return Refuse(); }
  void InitPosition() { Refuse(); }
  void Finish() { Refuse(); }

 private:
  size_t Refuse() { TVM_FFI_THROW(InternalError) << "This library reads and writes no base64."; }
};

using Base64InStream = NoBase64;
using Base64OutStream = NoBase64;

}  // namespace support
}  // namespace tvm
#endif
