// Memory that is given back all at once.
#ifndef ORILLA_TVM_SUPPORT_ARENA_H_
#define ORILLA_TVM_SUPPORT_ARENA_H_

#include <cstddef>
#include <memory>
#include <type_traits>
#include <vector>

namespace tvm {
namespace support {

class Arena {
 public:
  template <typename T>
  T* allocate_(int count = 1) {
    static_assert(alignof(T) <= alignof(std::max_align_t) && std::is_trivially_destructible_v<T>);
    // new[] of bytes is aligned for every fundamental type.
    pieces_.emplace_back(new char[sizeof(T) * count]);
    return reinterpret_cast<T*>(pieces_.back().get());
  }
  void RecycleAll() { pieces_.clear(); }

 private:
  std::vector<std::unique_ptr<char[]>> pieces_;
};

}  // namespace support
}  // namespace tvm
#endif
