#pragma once
// The types of the expressions and variables of one file.

#include <memory>
#include <string>
#include <vector>

#include "core/sema/semantic_model.h"
#include "core/sema/types.h"

namespace ruff::sema {

class Facts;

/// What infer_types() found out. Refers to the model and to those of its imports, which have to outlive it.
class TypeModel {
public:
    [[nodiscard]] const SemanticModel& model() const { return *model_; }
    [[nodiscard]] const TypeTable& table() const { return table_; }

    /// Of an expression where it stands, so after the tests and assignments before it; of a pattern, what is matched
    /// with it. `any` for every other node, and never for expressions that cannot be reached.
    [[nodiscard]] Type type_of(const syntax::Node& node) const { return types_[node.id]; }
    /// Of a variable: of everything that it can ever hold. A function for functions; `any` for types.
    [[nodiscard]] Type type_of_binding(BindingId id) const { return bindings_[id]; }
    /// What the call of a function gives: a promise if it is async, a generator of a `func*`. Of a spawn block its value.
    [[nodiscard]] Type result_of(FunctionId id) const { return results_[id]; }
    /// What `await` makes of it.
    [[nodiscard]] Type awaited(Type type) const;
    /// Whether control can never come to the end of a block.
    [[nodiscard]] bool always_leaves(const syntax::Block& block) const { return leaves_[block.id]; }

    /// As an annotation would say it: `int`, `array<string>`, `Promise<any>`.
    [[nodiscard]] std::string text(Type type) const { return table_.text(type); }

    // Questions that rules and editors ask.
    [[nodiscard]] bool is(Type type, ValueKind kind) const { return table_.is(type, kind); }
    [[nodiscard]] bool is_only(Type type, KindMask kinds) const { return table_.is_only(type, kinds); }
    [[nodiscard]] bool is_promise(Type type) const { return table_.is_only(type, kPromiseKinds); }
    /// The struct that a value of the type is, null aside; null if that is not known.
    [[nodiscard]] const StructInfo* struct_of(Type type) const;
    /// The enum likewise.
    [[nodiscard]] const syntax::EnumDecl* enum_of(Type type) const;

private:
    friend class Inference;
    const SemanticModel* model_ = nullptr;
    TypeTable table_;
    std::vector<Type> types_;     // by node id
    std::vector<Type> bindings_;  // by BindingId
    std::vector<Type> results_;   // by FunctionId
    std::vector<bool> leaves_;    // by node id, of blocks
};

/// Finds the types of a file; `facts` has those of its imports. Linear in the text but for a small factor; any model will do.
[[nodiscard]] std::unique_ptr<const TypeModel> infer_types(const SemanticModel& model, Facts& facts);

}  // namespace ruff::sema
