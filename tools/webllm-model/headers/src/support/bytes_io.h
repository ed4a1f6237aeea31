// Streams over bytes in memory.
#ifndef ORILLA_TVM_SUPPORT_BYTES_IO_H_
#define ORILLA_TVM_SUPPORT_BYTES_IO_H_

#include <tvm/ffi/string.h>
#include <tvm/support/io.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace tvm {
namespace support {

/// Reads bytes that outlive it.
class BytesInStream : public Stream {
 public:
  using Stream::Read;
  using Stream::Write;
  explicit BytesInStream(const std::string& bytes) : data_(bytes.data()), size_(bytes.size()) {}
  explicit BytesInStream(const ffi::Bytes& bytes) : data_(bytes.data()), size_(bytes.size()) {}
  BytesInStream(const char* data, size_t size) : data_(data), size_(size) {}

  size_t Read(void* target, size_t size) final {
    size_t taken = std::min(size, size_ - at_);
    if (taken != 0) std::memcpy(target, data_ + at_, taken);
    at_ += taken;
    return taken;
  }
  size_t Write(const void*, size_t) final { TVM_FFI_THROW(InternalError) << "These bytes are only read."; }

 private:
  const char* data_;
  size_t size_;
  size_t at_ = 0;
};

/// Appends to a string that outlives it.
class BytesOutStream : public Stream {
 public:
  using Stream::Read;
  using Stream::Write;
  explicit BytesOutStream(std::string* target) : target_(target) {}
  size_t Read(void*, size_t) final { TVM_FFI_THROW(InternalError) << "These bytes are only written."; }
  size_t Write(const void* data, size_t size) final {
    target_->append(static_cast<const char*>(data), size);
    return size;
  }

 private:
  std::string* target_;
};

}  // namespace support
}  // namespace tvm
#endif
