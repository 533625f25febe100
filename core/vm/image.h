#pragma once
// A loaded program with the prelude families compiled so far: immutable code shared by every isolate of a process.
//
// Threads: loading the user's program happens before isolates start; a prelude family is added under a lock, and a Code
// never moves or changes once `code()` has given it.

#include <array>
#include <atomic>
#include <bit>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/support/mutex.h"
#include "core/vm/code.h"
#include "core/vm/reach.h"

namespace ruff::vm {

/// Codes by index. Elements never move, and adding some does not disturb who reads others: chunks of doubling size.
class CodeTable {
public:
    [[nodiscard]] Code& operator[](std::uint32_t index) const {
        const std::uint32_t chunk = chunk_of(index);
        return chunks_[chunk][index + kFirstChunk - (kFirstChunk << chunk)];
    }
    [[nodiscard]] std::uint32_t size() const { return size_; }
    Code& add();

private:
    static constexpr std::uint32_t kFirstChunk = 256;
    static std::uint32_t chunk_of(std::uint32_t index) {
        return static_cast<std::uint32_t>(std::bit_width((index + kFirstChunk) / kFirstChunk)) - 1;
    }
    std::array<std::unique_ptr<Code[]>, 24> chunks_;
    std::uint32_t size_ = 0;   ///< for whoever adds
};

class Image {
public:
    explicit Image(bytecode::Program program);
    ~Image();
    Image(const Image&) = delete;
    Image& operator=(const Image&) = delete;

    [[nodiscard]] const bytecode::Program& program() const { return *programs_[0]->program; }
    [[nodiscard]] const bytecode::Program& program_of(const Code& code) const { return *programs_[code.program]->program; }
    [[nodiscard]] Code* code(std::uint32_t index) const { return &codes_[index]; }
    /// The Code of function `function` of the same program as `code`.
    [[nodiscard]] Code* sibling(const Code& code, bytecode::FunctionIndex function) {
        return &codes_[programs_[code.program]->first_code + function];
    }
    /// The Code of a function of the user's program.
    [[nodiscard]] Code* main_program_code(bytecode::FunctionIndex function) { return &codes_[programs_[0]->first_code + function]; }
    [[nodiscard]] Code* main_of(bytecode::ModuleIndex module);
    [[nodiscard]] const StructInfo* struct_info(const Code& code, std::uint32_t type) const { return programs_[code.program]->structs[type].get(); }
    [[nodiscard]] const EnumInfo* enum_info(const Code& code, std::uint32_t type) const;

    /// The code of prelude function `name`, compiling its family with `compile_prelude` at the first call.
    [[nodiscard]] Code* prelude_function(std::string_view family, std::string_view source, std::string_view name);
    /// Set by the engine before anything runs: the VM has never heard of the syntax.
    static bytecode::Program (*compile_prelude)(std::string_view family, std::string_view source);

    [[nodiscard]] std::uint32_t global_count() const { return static_cast<std::uint32_t>(program().globals.size()); }
    [[nodiscard]] std::uint32_t cache_count() const { return cache_count_.load(std::memory_order_acquire); }

    /// What the function `code` can reach of the program's state: what goes along when it is sent. Thread-safe.
    [[nodiscard]] const Reach& reach(const Code& code) { return reaches_.of(*this, code); }

private:
    struct Loaded {
        std::unique_ptr<const bytecode::Program> program;
        std::uint32_t first_code = 0;
        std::vector<std::unique_ptr<StructInfo>> structs;
        std::vector<std::unique_ptr<EnumInfo>> enums;      ///< the two built-in ones are null
    };
    void load(bytecode::Program program);
    void load_function(Loaded& loaded, std::uint32_t program_index, const bytecode::Function& function, Code& code);
    void load_types(Loaded& loaded);

    Heap heap_;                     ///< of the immortal objects: used under the lock only
    static constexpr std::size_t kMaxPrograms = 128;   ///< the user's and the prelude families
    std::array<std::unique_ptr<Loaded>, kMaxPrograms> programs_;
    std::uint32_t program_count_ = 0;
    CodeTable codes_;
    std::atomic<std::uint32_t> cache_count_ = 0;
    ReachTable reaches_;
    Mutex prelude_lock_;
    std::unordered_map<std::string_view, Code*> prelude_functions_;
};

}  // namespace ruff::vm
