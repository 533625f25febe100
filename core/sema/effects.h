#pragma once
// What running code does besides giving a value, followed through the calls of a file and into its imports.

#include <memory>
#include <vector>

#include "core/sema/type_model.h"

namespace ruff::sema {

struct Effects {
    bool reads = false;     ///< depends on something that may change: outer variables, files, the clock
    bool writes = false;    ///< changes something that others can see
    bool suspends = false;  ///< other fibers may run meanwhile
    bool unknown = false;   ///< calls what is not known here: anything may happen

    [[nodiscard]] bool is_pure() const { return !reads && !writes && !suspends && !unknown; }
    /// Certainly changes nothing.
    [[nodiscard]] bool only_reads() const { return !writes && !unknown; }
    Effects& operator|=(const Effects& other) {
        reads |= other.reads, writes |= other.writes, suspends |= other.suspends, unknown |= other.unknown;
        return *this;
    }
    bool operator==(const Effects&) const = default;
};

class EffectModel {
public:
    /// Of a call of the function, of async ones and `func*` up to their end.
    [[nodiscard]] const Effects& of(FunctionId id) const { return functions_[id]; }
    /// Of evaluating a node that stands in `function`. Making a function does nothing, calling one does what it does.
    [[nodiscard]] Effects of(const syntax::Node& node, FunctionId function) const;

private:
    friend std::unique_ptr<const EffectModel> infer_effects(const TypeModel& types, Facts& facts);
    const TypeModel* types_ = nullptr;
    Facts* facts_ = nullptr;
    std::vector<Effects> functions_;  // by FunctionId
};

/// Refers to `types` and to `facts`, which knows what imported functions do; both have to outlive it.
[[nodiscard]] std::unique_ptr<const EffectModel> infer_effects(const TypeModel& types, Facts& facts);

}  // namespace ruff::sema
