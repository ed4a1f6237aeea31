// Bytes on their way between the two ends of TVM's remote calls.
#ifndef ORILLA_TVM_SUPPORT_RING_BUFFER_H_
#define ORILLA_TVM_SUPPORT_RING_BUFFER_H_

#include <tvm/ffi/error.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace tvm {
namespace support {

/// First in, first out. What was read is dropped when the rest is moved to the front, before the next bytes come.
class RingBuffer {
 public:
  size_t bytes_available() const { return bytes_.size() - at_; }
  void Reserve(size_t size) { bytes_.reserve(at_ + size); }

  void Read(void* target, size_t size) {
    TVM_FFI_ICHECK_LE(size, bytes_available());
    std::memcpy(target, bytes_.data() + at_, size);
    at_ += size;
  }
  void Write(const void* data, size_t size) {
    char* place = Grow(size);
    std::memcpy(place, data, size);
  }
  /// `send(data, size)` says how much it took.
  template <typename Send>
  size_t ReadWithCallback(Send send, size_t most) {
    size_t taken = send(bytes_.data() + at_, std::min(most, bytes_available()));
    at_ += taken;
    return taken;
  }
  /// `receive(data, size)` says how much it brought.
  template <typename Receive>
  size_t WriteWithCallback(Receive receive, size_t most) {
    char* place = Grow(most);
    size_t brought = receive(place, most);
    bytes_.resize(bytes_.size() - (most - brought));
    return brought;
  }

 private:
  char* Grow(size_t size) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + at_);
    at_ = 0;
    bytes_.resize(bytes_.size() + size);
    return bytes_.data() + bytes_.size() - size;
  }

  std::vector<char> bytes_;
  size_t at_ = 0;
};

}  // namespace support
}  // namespace tvm
#endif
