/* Lets headless Chromium run WebGPU on Mesa's lavapipe instead of its bundled SwiftShader, for tests on machines without a GPU:
 * lavapipe has shader-f16 and computes 4-12 times faster. Preloaded into Chromium, it answers when Dawn opens libvk_swiftshader.so,
 * forwards every Vulkan entry point to lavapipe, and reports SwiftShader's vendor and device id, which Chromium expects of a
 * software adapter. ANGLE's own use of SwiftShader (through the Vulkan loader, path with "/./") is left alone.
 *   ORILLA_LAVAPIPE_DRIVER  path of libvulkan_lvp.so (Mesa 25 or newer)
 *   ORILLA_LAVAPIPE_SHIM    path of this library
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))
enum { SWIFTSHADER_VENDOR = 0x1AE0, SWIFTSHADER_DEVICE = 0xC0DE, VENDOR_OFFSET = 8, DEVICE_OFFSET = 12, PROPERTIES2_HEADER = 16 };

typedef void (*Entry)(void);
typedef Entry (*GetEntry)(void *instance, const char *name);
typedef void (*GetProperties)(void *device, uint8_t *out);

static GetEntry driver_entry, driver_device_entry;
static int (*driver_negotiate)(uint32_t *version);
static GetProperties driver_properties, driver_properties2;

static int open_driver(void) {
  if (driver_entry) return 1;
  const char *path = getenv("ORILLA_LAVAPIPE_DRIVER");
  void *driver = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
  if (!driver) { fprintf(stderr, "webgpu-f16: cannot open ORILLA_LAVAPIPE_DRIVER=%s: %s\n", path ? path : "(unset)", path ? dlerror() : "not set"); return 0; }
  driver_entry = (GetEntry)dlsym(driver, "vk_icdGetInstanceProcAddr");
  driver_device_entry = (GetEntry)dlsym(driver, "vk_icdGetPhysicalDeviceProcAddr");
  driver_negotiate = (int (*)(uint32_t *))dlsym(driver, "vk_icdNegotiateLoaderICDInterfaceVersion");
  return driver_entry != NULL;
}

static void as_swiftshader(uint8_t *properties) {
  uint32_t vendor = SWIFTSHADER_VENDOR, device = SWIFTSHADER_DEVICE;
  memcpy(properties + VENDOR_OFFSET, &vendor, sizeof vendor);
  memcpy(properties + DEVICE_OFFSET, &device, sizeof device);
}
static void properties(void *device, uint8_t *out) { driver_properties(device, out); as_swiftshader(out); }
static void properties2(void *device, uint8_t *out) { driver_properties2(device, out); as_swiftshader(out + PROPERTIES2_HEADER); }

static Entry wrap(const char *name, Entry entry) {
  if (!entry) return NULL;
  if (!strcmp(name, "vkGetPhysicalDeviceProperties")) { driver_properties = (GetProperties)entry; return (Entry)properties; }
  if (!strcmp(name, "vkGetPhysicalDeviceProperties2") || !strcmp(name, "vkGetPhysicalDeviceProperties2KHR")) {
    driver_properties2 = (GetProperties)entry;
    return (Entry)properties2;
  }
  return entry;
}

EXPORT Entry vk_icdGetInstanceProcAddr(void *instance, const char *name) { return open_driver() ? wrap(name, driver_entry(instance, name)) : NULL; }
EXPORT Entry vk_icdGetPhysicalDeviceProcAddr(void *instance, const char *name) {
  return open_driver() && driver_device_entry ? wrap(name, driver_device_entry(instance, name)) : NULL;
}
EXPORT int vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version) { return open_driver() && driver_negotiate ? driver_negotiate(version) : -3; }
EXPORT Entry vkGetInstanceProcAddr(void *instance, const char *name) {
  if (!strcmp(name, "vkGetInstanceProcAddr")) return (Entry)vkGetInstanceProcAddr;
  return vk_icdGetInstanceProcAddr(instance, name);
}

EXPORT void *dlopen(const char *file, int flags) {
  static void *(*next)(const char *, int);
  if (!next) next = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
  const char *self = getenv("ORILLA_LAVAPIPE_SHIM");
  if (file && self && strstr(file, "libvk_swiftshader.so") && !strstr(file, "/./")) file = self;
  return next(file, flags);
}
