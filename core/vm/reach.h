#pragma once
// What a function can reach of a program's state, found in its code: the file-level variables that it, the functions it names and
// the methods it may call can read. A copy of them goes along when the function is sent to another isolate.
//
// Calls of values need nothing here: a function value is met, and its own reach added, when the value is copied. Calls of
// methods count by name, as the receiver may arrive later: every struct's method of that name can be reached, and the
// operator methods, `to_string` and `iter` of every struct always.

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/bytecode/program.h"
#include "core/support/mutex.h"

namespace ruff::vm {

class Image;
struct Code;

struct Reach {
    std::vector<bytecode::GlobalIndex> globals;       ///< sorted
    std::vector<bytecode::GlobalIndex> own_globals;   ///< of them, named by the function's own text; sorted
    bool changes_state = false;                       ///< some code reached may assign to a file-level or captured variable
};

/// The reaches asked for so far. Thread-safe.
class ReachTable {
public:
    [[nodiscard]] const Reach& of(Image& image, const Code& code);

private:
    void find_methods(Image& image);
    [[nodiscard]] std::unique_ptr<Reach> find(Image& image, const Code& code) const;

    Mutex lock_;
    std::unordered_map<const Code*, std::unique_ptr<Reach>> reaches_;
    std::unordered_map<std::string_view, std::vector<const Code*>> methods_;   ///< by name
    std::vector<const Code*> operators_;
    bool has_methods_ = false;
};

}  // namespace ruff::vm
