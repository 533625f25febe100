#include "core/builtins/perform.h"

#include <sys/statfs.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/builtins/elements.h"
#include "core/vm/string.h"

namespace ruff::builtins {
namespace {

using runtime::Answer;
using runtime::Effort;

constexpr std::size_t kSmallContent = 256 * 1024;

// File systems whose files may be far away, as fstatfs names them.
constexpr std::array<std::uint32_t, 8> kRemoteFileSystems = {
    0x6969 /* nfs */,      0x517B /* smb */,  0xFF534D42 /* cifs */, 0xFE534D42 /* smb2 */,
    0x65735546 /* fuse */, 0x01021997 /* 9p */, 0x00C36400 /* ceph */, 0x5346414F /* afs */};

// Asked once for each device and thread.
bool is_remote(const std::string& path, dev_t device) {
    thread_local std::vector<std::pair<dev_t, bool>> known;
    for (const auto& [number, remote] : known) {
        if (number == device) return remote;
    }
    struct statfs info{};
    bool remote = ::statfs(path.c_str(), &info) == 0 &&
                  std::find(kRemoteFileSystems.begin(), kRemoteFileSystems.end(),
                            static_cast<std::uint32_t>(info.f_type)) != kRemoteFileSystems.end();
    known.emplace_back(device, remote);
    return remote;
}

Answer value_or_out_of_memory(vm::Value value) {
    if (!value.is_null()) return {std::move(value), false};
    return runtime::failure(vm::ErrorKind::Value, "Out of memory: the value is too large");
}

}  // namespace

Effort content_effort(const std::string& path, std::size_t size) {
    struct stat status{};
    if (!status_of(path, true, status)) return size <= kSmallContent ? Effort::Small : Effort::Large;
    if (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode) || S_ISSOCK(status.st_mode)) return Effort::Endless;
    bool is_small = static_cast<std::size_t>(status.st_size) + size <= kSmallContent;
    return is_small && !is_remote(path, status.st_dev) ? Effort::Small : Effort::Large;
}

Answer to_answer(const BuiltinRow&, bool value) { return {vm::Value::boolean(value), false}; }
Answer to_answer(const BuiltinRow&, std::int64_t value) { return {vm::Value::integer(value), false}; }
Answer to_answer(const BuiltinRow&, Nothing) { return {}; }

Answer to_answer(const BuiltinRow& row, FileText&& value) {
    std::size_t bad = vm::find_invalid_utf8(value.text);
    if (bad == std::string_view::npos) return value_or_out_of_memory(vm::make_string(value.text));
    return runtime::failure(
        vm::ErrorKind::Io,
        std::string(row.shown_name()) + ": " + value.origin + ": not UTF-8 at byte " + std::to_string(bad),
        "`read_bytes` gives the bytes, `read_file_lossy` replaces what is not text");
}

Answer to_answer(const BuiltinRow&, FileBytes&& value) { return value_or_out_of_memory(vm::make_bytes(value.bytes)); }

Answer to_answer(const BuiltinRow&, FileNames&& value) {
    ArrayBuilder names(value.names.size());
    for (const std::string& name : value.names) names.push_text(with_replacements(name));
    return value_or_out_of_memory(names.take());
}

Answer to_answer(const BuiltinRow&, OpenedFile&& value) {
    return {vm::make_handle(ValueKind::File, value.handle.release()), false};
}

Answer to_failure(const BuiltinRow& row, const Error& error) {
    return runtime::failure(vm::ErrorKind::Io, std::string(row.shown_name()) + ": " + error.message);
}

}  // namespace ruff::builtins
