// How values lie in the bytes that TVM's compiler writes into a model library. Its wheels come without this header.
#ifndef ORILLA_TVM_SUPPORT_SERIALIZER_H_
#define ORILLA_TVM_SUPPORT_SERIALIZER_H_

#include <tvm/ffi/container/array.h>
#include <tvm/ffi/container/map.h>
#include <tvm/ffi/string.h>
#include <tvm/support/io.h>

#include <cstdint>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tvm {
namespace support {

/// Numbers: their own bytes.
template <typename T>
struct Serializer<T, std::enable_if_t<std::is_arithmetic_v<T>>> {
  static constexpr bool enabled = true;
  static void Write(Stream* stream, T value) { stream->Write(&value, sizeof(T)); }
  static bool Read(Stream* stream, T* value) { return stream->Read(value, sizeof(T)) == sizeof(T); }
};

/// Enumerations: the number below.
template <typename T>
struct Serializer<T, std::enable_if_t<std::is_enum_v<T>>> {
  static constexpr bool enabled = true;
  using Number = std::underlying_type_t<T>;
  static void Write(Stream* stream, T value) { stream->Write(static_cast<Number>(value)); }
  static bool Read(Stream* stream, T* value) {
    Number number;
    if (!stream->Read(&number)) return false;
    *value = static_cast<T>(number);
    return true;
  }
};

/// Text: the number of bytes, then the bytes.
template <>
struct Serializer<std::string> {
  static constexpr bool enabled = true;
  static void Write(Stream* stream, const std::string& text) {
    stream->Write(static_cast<uint64_t>(text.size()));
    stream->Write(text.data(), text.size());
  }
  static bool Read(Stream* stream, std::string* text) {
    uint64_t size;
    if (!stream->Read(&size)) return false;
    text->resize(static_cast<size_t>(size));
    return stream->Read(text->data(), text->size()) == text->size();
  }
};

template <>
struct Serializer<ffi::String> {
  static constexpr bool enabled = true;
  static void Write(Stream* stream, const ffi::String& text) { stream->Write(std::string(text)); }
  static bool Read(Stream* stream, ffi::String* text) {
    std::string read;
    if (!stream->Read(&read)) return false;
    *text = ffi::String(std::move(read));
    return true;
  }
};

/// What holds many: their number, then each.
template <typename List, typename T>
struct ListSerializer {
  static constexpr bool enabled = true;
  static void Write(Stream* stream, const List& list) {
    stream->Write(static_cast<uint64_t>(list.size()));
    for (const T& item : list) stream->Write(item);
  }
  static bool Read(Stream* stream, List* list) {
    uint64_t count;
    if (!stream->Read(&count)) return false;
    List read;
    for (uint64_t i = 0; i < count; ++i) {
      T item{};
      if (!stream->Read(&item)) return false;
      read.push_back(std::move(item));
    }
    *list = std::move(read);
    return true;
  }
};

template <typename T>
struct Serializer<std::vector<T>> : ListSerializer<std::vector<T>, T> {};
template <typename T>
struct Serializer<ffi::Array<T>> : ListSerializer<ffi::Array<T>, T> {};

/// What maps: the number of pairs, then each key with its value.
template <typename Map, typename K, typename V>
struct MapSerializer {
  static constexpr bool enabled = true;
  static void Write(Stream* stream, const Map& map) {
    stream->Write(static_cast<uint64_t>(map.size()));
    for (const auto& entry : map) {
      stream->Write(K(entry.first));
      stream->Write(V(entry.second));
    }
  }
};

template <typename K, typename V>
struct Serializer<std::unordered_map<K, V>> : MapSerializer<std::unordered_map<K, V>, K, V> {
  static bool Read(Stream* stream, std::unordered_map<K, V>* map) {
    uint64_t count;
    if (!stream->Read(&count)) return false;
    map->clear();
    for (uint64_t i = 0; i < count; ++i) {
      K key{};
      V value{};
      if (!stream->Read(&key) || !stream->Read(&value)) return false;
      map->emplace(std::move(key), std::move(value));
    }
    return true;
  }
};

template <typename K, typename V>
struct Serializer<ffi::Map<K, V>> : MapSerializer<ffi::Map<K, V>, K, V> {
  static bool Read(Stream* stream, ffi::Map<K, V>* map) {
    uint64_t count;
    if (!stream->Read(&count)) return false;
    ffi::Map<K, V> read;
    for (uint64_t i = 0; i < count; ++i) {
      K key;
      V value;
      if (!stream->Read(&key) || !stream->Read(&value)) return false;
      read.Set(key, value);
    }
    *map = std::move(read);
    return true;
  }
};

template <>
struct Serializer<DLDataType> {
  static constexpr bool enabled = true;
  static void Write(Stream* stream, const DLDataType& type) {
    stream->Write(type.code);
    stream->Write(type.bits);
    stream->Write(type.lanes);
  }
  static bool Read(Stream* stream, DLDataType* type) {
    return stream->Read(&type->code) && stream->Read(&type->bits) && stream->Read(&type->lanes);
  }
};

template <>
struct Serializer<DLDevice> {
  static constexpr bool enabled = true;
  static void Write(Stream* stream, const DLDevice& device) {
    stream->Write(static_cast<int32_t>(device.device_type));
    stream->Write(static_cast<int32_t>(device.device_id));
  }
  static bool Read(Stream* stream, DLDevice* device) {
    int32_t type;
    if (!stream->Read(&type) || !stream->Read(&device->device_id)) return false;
    device->device_type = static_cast<DLDeviceType>(type);
    return true;
  }
};

}  // namespace support
}  // namespace tvm
#endif
