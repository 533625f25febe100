#include "core/builtins/registry.h"

#include <array>

#include "core/builtins/bodies.h"
#include "core/runtime/task.h"
#include "prelude_sources.h"

namespace ruff::builtins {
namespace {

using vm::NativeBody;

// ---- Prelude ----------------------------------------------------------------------------------------------

struct PreludeFile {
    BuiltinFamily family;
    std::string_view source;
};

constexpr PreludeFile kPreludeFiles[] = {
    {BuiltinFamily::core, kPreludeSource_core},
    {BuiltinFamily::errors, kPreludeSource_errors},
    {BuiltinFamily::array, kPreludeSource_array},
    {BuiltinFamily::dict_set, kPreludeSource_dict_set},
    {BuiltinFamily::text_formats, kPreludeSource_text_formats},
    {BuiltinFamily::files, kPreludeSource_files},
    {BuiltinFamily::environment, kPreludeSource_environment},
    {BuiltinFamily::time, kPreludeSource_time},
    {BuiltinFamily::processes, kPreludeSource_processes},
    {BuiltinFamily::network, kPreludeSource_network},
    {BuiltinFamily::async, kPreludeSource_async},
    {BuiltinFamily::channels, kPreludeSource_channels},
    {BuiltinFamily::tasks, kPreludeSource_tasks},
};

// Whether a line of the source begins with `func name(`, perhaps with `*` behind `func`.
constexpr bool defines_function(std::string_view source, std::string_view name) {
    for (std::string_view head : {std::string_view("\nfunc "), std::string_view("\nfunc* ")}) {
        for (std::size_t at = source.find(head); at != std::string_view::npos;
             at = source.find(head, at + 1)) {
            std::string_view rest = source.substr(at + head.size());
            if (rest.starts_with(name) && rest.substr(name.size()).starts_with("(")) return true;
        }
    }
    return false;
}

// The family of each row: that of the FAMILY line above it.
constexpr std::array<BuiltinFamily, kBuiltinCount> kFamilies = [] {
    std::array<BuiltinFamily, kBuiltinCount> families{};
    std::size_t next = 0;
    BuiltinFamily family{};
#define FAMILY(id, ...) family = BuiltinFamily::id;
#define NATIVE(...) families[next++] = family;
#define INTERNAL(...) families[next++] = family;
#define PRELUDE(...) families[next++] = family;
#define CONSTANT(...) families[next++] = family;
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
    return families;
}();

constexpr bool is_in_prelude_of_family(BuiltinId id, std::string_view name) {
    for (const PreludeFile& file : kPreludeFiles) {
        if (file.family == kFamilies[static_cast<std::size_t>(id)])
            return defines_function(file.source, name);
    }
    return false;
}

#define PRELUDE(id, ...)                                       \
    static_assert(is_in_prelude_of_family(BuiltinId::id, #id), \
                  "the family's prelude file defines no `func " #id "(…)`");
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"

std::string_view prelude_source(std::string_view family) {
    for (const PreludeFile& file : kPreludeFiles) {
        if (all_builtin_families()[static_cast<std::size_t>(file.family)].id == family) return file.source;
    }
    return {};
}

// ---- Bodies -----------------------------------------------------------------------------------------------

vm::Outcome constant_body(vm::Call& call) {
    return call.done(vm::Value::floating(call.row.constant_value()));
}

constexpr std::array<NativeBody, kBuiltinCount> kBodies = [] {
    std::array<NativeBody, kBuiltinCount> table{};
    std::size_t next = 0;
    [[maybe_unused]] const char* family = nullptr;
#define FAMILY(id, ...) family = #id;
#define NATIVE(id, ...) table[next++].function = &bodies::id;
#define INTERNAL(id, ...) table[next++].function = &bodies::id;
#define PRELUDE(id, ...) table[next++].prelude_family = family;
#define CONSTANT(id, ...) table[next++].function = &constant_body;
#include "core/lang/builtins/families.def"
#include "core/lang/builtins/undef.inc"
    return table;
}();

vm::Outcome spawn_block(vm::Vm& vm, vm::Value function, vm::Value& handle) {
    return runtime::spawn(vm, std::move(function), handle) ? vm::Outcome::Done : vm::Outcome::Raised;
}

constexpr vm::NativeTable kTable = {kBodies.data(), &prelude_source, &spawn_block, &runtime::send_promise};

}  // namespace

const vm::NativeTable& native_table() { return kTable; }

}  // namespace ruff::builtins
