#include <algorithm>

#include "core/compiler/function_compiler.h"

// Postfix chains `root.a[b].m(c)?` and calls.
//
// A chain is done link by link in a loop, the value so far being the left operand of the next link. Two things look
// further ahead: the start of a chain is resolved statically where it can be (builtins, functions, members of modules,
// variants), and `place.m(…)` on a variable is one instruction, which finds the place again when the method changes it.

namespace ruff::compiler {

using namespace ruff::syntax;
using sema::BindingKind;
using sema::UseKind;

struct FunctionCompiler::Chain {
    const Expr* root = nullptr;
    std::vector<const Node*> links;
    const Arguments* piped = nullptr;   ///< a call that the pipe adds at the end
    std::size_t next = 0;               ///< the link that is due
    Operand value;                      ///< what the links before it gave
    Reg target = kNoReg;
    Reg result = kNoReg;                ///< for values on the way: the target, unless that is a variable
    bool is_awaited = false;
    bool is_dropped = false;
    bool may_end_in_null = false;
    Label null_label{};

    [[nodiscard]] std::size_t size() const { return links.size() + (piped != nullptr ? 1 : 0); }
    [[nodiscard]] bool is_call(std::size_t i) const {
        return i < links.size() ? links[i]->is<CallExpr>() : i < size();
    }
    [[nodiscard]] Arguments arguments(std::size_t i) const {
        return i < links.size() ? Arguments{links[i]->to<CallExpr>().arguments} : *piped;
    }
    [[nodiscard]] bool is_last(std::size_t i) const { return i + 1 == size(); }
    /// Where link i puts its result.
    [[nodiscard]] Reg destination(std::size_t i) const { return is_last(i) ? target : result; }
    [[nodiscard]] bool awaits(std::size_t i) const { return is_awaited && is_last(i); }
};

bool FunctionCompiler::Arguments::is_plain() const {
    return std::none_of(list.begin(), list.end(),
                        [](const Node* argument) { return argument->is<Spread>() || argument->is<NamedArgument>(); });
}

void FunctionCompiler::postfix_into(const Expr& expression, Reg target, bool is_awaited, bool is_dropped) {
    Chain chain;
    chain.is_dropped = is_dropped;
    chain.root = &expression;
    for (const Expr* step; (step = leftmost_step(*chain.root)) != nullptr && !chain.root->is<BinaryExpr>() &&
                           !chain.root->is<PipeExpr>();) {
        chain.links.push_back(chain.root);
        chain.root = step;
    }
    std::reverse(chain.links.begin(), chain.links.end());
    chain_into(chain, target, is_awaited);
}

void FunctionCompiler::piped_call(const Expr& callee, const Arguments& arguments, Reg result) {
    Chain chain;
    chain.root = &callee;
    chain.piped = &arguments;
    while (chain.root->is<MemberExpr>()) {
        chain.links.push_back(chain.root);
        chain.root = chain.root->to<MemberExpr>().object;
    }
    std::reverse(chain.links.begin(), chain.links.end());
    chain_into(chain, result, false);
}

void FunctionCompiler::chain_into(Chain& chain, Reg target, bool is_awaited) {
    const Mark before = mark();
    chain.target = target;
    // A piped value stands where the result will go: it is handed on before anything is written there.
    chain.result = chain.piped != nullptr ? allocate() : scratch(target);
    chain.is_awaited = is_awaited;
    if (!start_static(chain)) start_place(chain);
    while (chain.next < chain.size()) {
        const Mark inside = mark();
        if (chain.is_call(chain.next)) {
            call_link(chain);
        } else if (chain.links[chain.next]->is<MemberExpr>() && chain.is_call(chain.next + 1)) {
            method_link(chain);
        } else {
            member_link(chain);
        }
        release(inside);
    }
    if (chain.is_dropped) {
        if (chain.value.is_temporary) drop_result(chain.value.reg);
        if (chain.may_end_in_null) builder_.bind(chain.null_label);
        return release(before);
    }
    move(target, chain.value);
    if (chain.may_end_in_null) {
        const Label end = builder_.new_label();
        builder_.emit_jump(Op::Jump, end);
        builder_.bind(chain.null_label);
        emit(Op::LoadNull, target);
        builder_.bind(end);
    }
    release(before);
}

/// Empties the register of a value that nobody wants, unless it holds none: promises and generators are given up here.
void FunctionCompiler::drop_result(Reg reg) {
    const bytecode::Instruction* last = builder_.last();
    if (is_dead()) return;
    if (last != nullptr && last->op == Op::CallBuiltin && last->a == reg) {
        const std::string_view type = builtin_row(static_cast<BuiltinId>(last->c)).result_type;
        if (type == "null" || type == "bool" || type == "int" || type == "float") return;
    }
    if (last != nullptr && last->op == Op::Clear && last->a == reg) return;
    emit(Op::Clear, reg, 1);
}

// --- the start of a chain

/// What can be told without looking at values: a call of a builtin, function or variant, a member of a module.
bool FunctionCompiler::start_static(Chain& chain) {
    const bool is_called = chain.is_call(0);
    if (const auto* variant = chain.root->as<VariantExpr>(); variant != nullptr && is_called) {
        const Mark before = mark();
        std::uint32_t type = 0, index = 0;
        const Reg window = window_at(chain.result);
        if (variant_of(*variant, type, index)) {
            at(*variant);
            call_variant(type, index, chain.arguments(0), window);
        }
        return finish_start(chain, window, before);
    }
    const auto* name = chain.root->as<NameExpr>();
    if (name == nullptr) return false;
    sema::Use use = model().use_of(*name);
    Declared declared = use.kind == UseKind::Binding ? Declared{&module_, use.index} : Declared{};
    if (declared && declared.get().kind == BindingKind::Module && !chain.links.empty() &&
        chain.links[0]->is<MemberExpr>()) {
        const Declared member =
            program_.find_export(module_, declared.binding, chain.links[0]->to<MemberExpr>().name.text());
        if (!member) return false;
        chain.next = 1;
        at(chain.links[0]->to<MemberExpr>().name);
        return start_declared(chain, member);
    }
    if (declared && declared.get().kind == BindingKind::Imported) {
        const Declared target = program_.follow(module_, declared.binding);
        at(name->name);
        if (target) return start_declared(chain, target);
    }
    if (!is_called) return false;
    if (declared && locate(declared).kind == Location::Function) {
        at(name->name);
        return start_declared(chain, declared);
    }
    if (use.kind == UseKind::Binding || use.kind == UseKind::SelfField) return false;
    const Mark before = mark();
    const Reg window = window_at(chain.result);
    at(name->name);
    call_use(use, *name, chain.arguments(0), window, chain.awaits(0));
    return finish_start(chain, window, before);
}

/// A declaration whose place is known: functions are called directly, variables of other modules are read.
bool FunctionCompiler::start_declared(Chain& chain, const Declared& declared) {
    if (chain.is_call(chain.next) && locate(declared).kind == Location::Function) {
        const Mark before = mark();
        const Reg window = window_at(chain.result);
        call_known_function(declared, chain.arguments(chain.next), window, chain.awaits(chain.next));
        return finish_start(chain, window, before);
    }
    const bool is_variable_of_module = declared.get().is_variable() && declared.get().storage == sema::Storage::Global;
    if (is_variable_of_module && declared.module != &module_ && invoke_imported(chain, declared)) return true;
    binding_into(declared, chain.result);
    chain.value = {chain.result, true};
    return true;
}

bool FunctionCompiler::finish_start(Chain& chain, Reg window, Mark before) {
    const Reg destination = chain.destination(chain.next);
    if (chain.awaits(chain.next) && !(builder_.last() != nullptr && takes_await(builder_.last()->op))) await(window);
    ++chain.next;
    move(destination, {window, true});
    chain.value = {destination, true};
    release(before);
    return true;
}

bool FunctionCompiler::takes_await(Op op) {
    return op == Op::Call || op == Op::CallFunction || op == Op::CallBuiltin || op == Op::CallSpread || op == Op::Invoke ||
           op == Op::InvokeSpread || op == Op::WriteBack;
}

/// The first of a window of temporaries: `result` itself where it is on top.
Reg FunctionCompiler::window_at(Reg result) {
    return result + 1 == next_register_ && !is_variable(result) ? result : allocate();
}

/// `m.items.push(x)`, where `items` is imported: found out to be no mutable place when it runs.
bool FunctionCompiler::invoke_imported(Chain& chain, const Declared& declared) {
    PlaceRoot root;
    root.is_place = true;
    root.place.root = bytecode::PlaceRoot::Global;
    root.place.index = program_.global_index(declared);
    root.place.mutability = bytecode::Mutability::Import;
    root.place.name = std::string(declared.module->model->name(declared.binding));
    note_global(root.place.index);
    return invoke_from(chain, std::move(root.place), chain.next);
}

/// A chain on a variable: up to a method that may change it, it is a place; otherwise the variable is read.
void FunctionCompiler::start_place(Chain& chain) {
    PlaceRoot root = place_root(*chain.root);
    if (root.is_place && invoke_from(chain, std::move(root.place), 0)) return;
    const Mark before = mark();
    const Reg direct = direct_register(*chain.root);
    if (direct != kNoReg) {
        // Read in place, unless something further right in the first link changes it.
        const sema::BindingId id = model().binding_of(without_parens(*chain.root));
        const Node* first = chain.next < chain.links.size() ? chain.links[chain.next] : nullptr;
        bool changes = false;
        if (const auto* index = first == nullptr ? nullptr : first->as<IndexExpr>()) changes = may_change(*index->index, id);
        if (first != nullptr && first->is<SliceExpr>()) changes = may_change_slice(first->to<SliceExpr>(), id);
        if (!changes) {
            chain.value = {direct, false};
            return;
        }
    }
    compile_into(*chain.root, chain.result);
    release(before);
    chain.value = {chain.result, true};
}

bool FunctionCompiler::may_change_slice(const SliceExpr& slice, sema::BindingId id) const {
    return (slice.low != nullptr && may_change(*slice.low, id)) || (slice.high != nullptr && may_change(*slice.high, id));
}

/// If a method that may change its receiver is called further right, with only members and indices between: calls it on
/// the place. `first` is the first link that belongs to the path.
bool FunctionCompiler::invoke_from(Chain& chain, bytecode::Place place, std::size_t first) {
    std::size_t method = first;
    while (method < chain.links.size() && !chain.is_call(method + 1) &&
           (chain.links[method]->is<MemberExpr>() || chain.links[method]->is<IndexExpr>())) {
        ++method;
    }
    if (method >= chain.links.size() || !chain.is_call(method + 1)) return false;
    const auto* member = chain.links[method]->as<MemberExpr>();
    if (member == nullptr || !program_.may_mutate(member->name.text())) return false;

    const Mark before = mark();
    const Arguments arguments = chain.arguments(method + 1);
    for (std::size_t i = first; i < method; ++i) {
        check_null(chain, place, *chain.links[i]);
        add_step(place, *chain.links[i], chain.links, i + 1, method, &arguments);
    }
    check_null(chain, place, *member);
    place.method = static_cast<std::uint16_t>(0);
    chain.next = method + 1;
    invoke_place(chain, std::move(place), *member, arguments);
    release(before);
    return true;
}

/// `a?.b`: when the place so far holds null, the rest of the chain is null.
void FunctionCompiler::check_null(Chain& chain, const bytecode::Place& place, const Node& link) {
    const auto* member = link.as<MemberExpr>();
    if (member == nullptr || !member->is_optional) return;
    const Mark before = mark();
    const Reg value = allocate();
    at(link);
    emit(Op::GetPlace, value, builder_.place(place));
    jump_if_null(chain, {value, true});
    emit(Op::Clear, value, 1);
    release(before);
}

void FunctionCompiler::jump_if_null(Chain& chain, Operand value) {
    if (!chain.may_end_in_null) chain.null_label = builder_.new_label();
    chain.may_end_in_null = true;
    builder_.emit_jump(Op::JumpIfNull, chain.null_label, value.reg);
}

void FunctionCompiler::invoke_place(Chain& chain, bytecode::Place place, const MemberExpr& member,
                                    const Arguments& arguments) {
    const Reg keeper = allocate(2);
    const Reg window = keeper + 1;
    allocate();  // the receiver
    const bool is_dropped = chain.is_dropped && chain.is_last(chain.next);
    const auto flags = static_cast<std::uint8_t>((chain.awaits(chain.next) ? bytecode::kAwaitCall : 0) |
                                                 (is_dropped ? bytecode::kDiscard : 0));
    if (arguments.is_plain()) {
        const std::uint32_t count = push_arguments(arguments) + 1;
        place.method = static_cast<std::uint16_t>(builder_.site(member.name.text()));
        const std::uint32_t index = builder_.place(std::move(place));
        at(member.name);
        emit(Op::InvokePlace, window, count, index, flags);
        emit(Op::WriteBack, window, 0, index);
    } else {
        std::vector<std::string> names = spread_arguments(arguments);
        const auto count = static_cast<std::uint32_t>(names.size());
        place.method = static_cast<std::uint16_t>(builder_.site(member.name.text(), std::move(names)));
        const std::uint32_t index = builder_.place(std::move(place));
        at(member.name);
        emit(Op::InvokePlaceSpread, window, count, index, flags);
        emit(Op::WriteBack, window, 0, index);
    }
    const Reg destination = is_dropped ? window : chain.destination(chain.next);
    ++chain.next;
    move(destination, {window, true});
    chain.value = {destination, true};
}

// --- links

void FunctionCompiler::call_link(Chain& chain) {
    const Arguments arguments = chain.arguments(chain.next);
    const Reg window = window_at(chain.result);
    move(window, chain.value);
    const Node* callee = chain.next == 0 || chain.next > chain.links.size() ? static_cast<const Node*>(chain.root)
                                                                            : chain.links[chain.next - 1];
    at(*callee);
    const Span position = builder_.position();
    call_value(arguments, window, chain.awaits(chain.next), position);
    const Reg destination = chain.destination(chain.next);
    ++chain.next;
    move(destination, {window, true});
    chain.value = {destination, true};
}

void FunctionCompiler::method_link(Chain& chain) {
    const auto& member = chain.links[chain.next]->to<MemberExpr>();
    if (member.is_optional) jump_if_null(chain, chain.value);
    ++chain.next;
    const Arguments arguments = chain.arguments(chain.next);
    const Reg window = window_at(chain.result);
    const Reg receiver = allocate();
    move(receiver, chain.value);
    const std::uint8_t flags = chain.awaits(chain.next) ? bytecode::kAwaitCall : 0;
    if (arguments.is_plain()) {
        const std::uint32_t count = push_arguments(arguments) + 1;
        at(member.name);
        emit(Op::Invoke, window, count, builder_.site(member.name.text()), flags);
    } else {
        std::vector<std::string> names = spread_arguments(arguments);
        const auto count = static_cast<std::uint32_t>(names.size());
        at(member.name);
        emit(Op::InvokeSpread, window, count, builder_.site(member.name.text(), std::move(names)), flags);
    }
    const Reg destination = chain.destination(chain.next);
    ++chain.next;
    move(destination, {window, true});
    chain.value = {destination, true};
}

/// `.name`, `?.name`, `[index]`, `[low:high]`, `?`
void FunctionCompiler::member_link(Chain& chain) {
    const Node& link = *chain.links[chain.next];
    const Reg destination = chain.destination(chain.next);
    const Operand object = chain.value;
    const std::uint8_t flags = object.is_temporary && object.reg != destination ? bytecode::kTakeB : 0;
    switch (link.kind) {
        case NodeKind::MemberExpr: {
            const auto& member = link.to<MemberExpr>();
            if (member.is_optional) jump_if_null(chain, object);
            at(member.name);
            emit(member.is_optional ? Op::GetFieldOptional : Op::GetField, destination, object.reg,
                 builder_.site(member.name.text()), flags);
            break;
        }
        case NodeKind::IndexExpr: index_link(object, *link.to<IndexExpr>().index, destination, flags); break;
        case NodeKind::SliceExpr: {
            const auto& slice = link.to<SliceExpr>();
            const Reg bounds = allocate(2);
            slice.low != nullptr ? compile_into(*slice.low, bounds) : void(emit(Op::LoadNull, bounds));
            next_register_ = bounds + 2;
            slice.high != nullptr ? compile_into(*slice.high, bounds + 1) : void(emit(Op::LoadNull, bounds + 1));
            next_register_ = bounds + 2;
            at(slice.low != nullptr ? *slice.low : slice.high != nullptr ? *slice.high : link);
            emit(Op::Slice, destination, object.reg, bounds, flags);
            break;
        }
        case NodeKind::PropagateExpr: {
            const Reg value = is_variable(destination) ? chain.result : destination;
            move(value, object);
            question(value, link);
            move(destination, {value, true});
            break;
        }
        default: break;
    }
    ++chain.next;
    chain.value = {destination, true};
}

void FunctionCompiler::index_link(Operand object, const Expr& index, Reg destination, std::uint8_t flags) {
    const Expr& inner = without_parens(index);
    if (const auto* literal = inner.as<IntLiteral>(); literal != nullptr && literal->value >= 0 && literal->value < 0x8000) {
        at(index);
        emit(Op::GetIndexI, destination, object.reg, static_cast<std::uint32_t>(literal->value), flags);
        return;
    }
    if (const auto* key = inner.as<StringLiteral>(); key != nullptr && key->is_plain()) {
        at(index);
        emit(Op::GetIndexK, destination, object.reg, builder_.site(key->value()), flags);
        return;
    }
    const Mark before = mark();
    const Operand where = operand(index);
    at(index);
    emit(Op::GetIndex, destination, object.reg, where.reg,
         flags | (where.is_temporary && where.reg != destination ? bytecode::kTakeC : 0));
    release(before);
}

// --- arguments

std::uint32_t FunctionCompiler::push_arguments(const Arguments& arguments) {
    std::uint32_t count = 0;
    if (arguments.piped != kNoReg) {
        move(allocate(), {arguments.piped, true});
        ++count;
    }
    for (const Node* argument : arguments.list) {
        in_temporary(*argument);
        ++count;
    }
    return count;
}

std::vector<std::string> FunctionCompiler::spread_arguments(const Arguments& arguments) {
    std::vector<std::string> names;
    const Reg array = allocate();
    emit(Op::NewArray, array, array, 0);
    if (arguments.piped != kNoReg) emit(Op::ArrayPush, array, arguments.piped, 0, bytecode::kTakeB);
    for (const Node* argument : arguments.list) {
        if (const auto* named = argument->as<NamedArgument>()) {
            in_temporary(*named->value);
            names.emplace_back(named->name.text());
            continue;
        }
        const Mark before = mark();
        const auto* spread = argument->as<Spread>();
        const Operand value = spread != nullptr ? in_temporary(*spread->operand) : operand(*argument);
        at(*argument);
        emit(spread != nullptr ? Op::ArraySpread : Op::ArrayPush, array, value.reg, 0,
             value.is_temporary ? bytecode::kTakeB : 0);
        release(before);
    }
    return names;
}

// --- calls; the window begins with the callee

void FunctionCompiler::call_value(const Arguments& arguments, Reg window, bool is_awaited, Span position) {
    const std::uint8_t flags = is_awaited ? bytecode::kAwaitCall : 0;
    if (arguments.is_plain()) {
        const std::uint32_t count = push_arguments(arguments);
        builder_.set_position(position);
        emit(Op::Call, window, count, 0, flags);
        return;
    }
    std::vector<std::string> names = spread_arguments(arguments);
    const auto count = static_cast<std::uint32_t>(names.size());
    builder_.set_position(position);
    emit(Op::CallSpread, window, count, builder_.constant(bytecode::NameList{std::move(names)}), flags);
}

void FunctionCompiler::call_use(sema::Use use, const Expr& callee, const Arguments& arguments, Reg window,
                                bool is_awaited) {
    const Span position = builder_.position();
    if (use.kind == UseKind::Constructor && use.index != 3) {
        const bool is_result = use.index < 2;
        return call_variant(is_result ? bytecode::kResultEnum : bytecode::kOptionEnum, is_result ? use.index : 0, arguments,
                            window);
    }
    if (use.kind == UseKind::Builtin && arguments.is_plain()) {
        const BuiltinRow& row = builtin_row(static_cast<BuiltinId>(use.index));
        if (row.id == BuiltinId::assert_condition && arguments.piped == kNoReg && arguments.list.size() == 1) {
            const auto* compared = without_parens(*arguments.list[0]).as<BinaryExpr>();
            if (compared != nullptr && is_comparison(compared->op)) return assert_comparison(*compared, position, window);
        }
        if (row.form != BuiltinForm::Constant) {
            const std::uint32_t count = push_arguments(arguments);
            builder_.set_position(position);
            emit(Op::CallBuiltin, window, count, use.index, is_awaited ? bytecode::kAwaitCall : 0);
            return;
        }
    }
    use_into(callee, use, window);
    call_value(arguments, window, is_awaited, position);
}

/// `assert(left < right)`: a failure shows both values.
void FunctionCompiler::assert_comparison(const BinaryExpr& compared, Span position, Reg window) {
    const Reg left = in_temporary(*compared.left).reg;
    const Reg right = in_temporary(*compared.right).reg;
    const Reg holds = allocate();
    at_token(compared.operator_token);
    emit_comparison(compared.op, holds, {left, false}, {right, false});
    const Label is_fine = builder_.new_label(), end = builder_.new_label();
    builder_.emit_jump(Op::JumpIf, is_fine, holds);

    builder_.set_position(position);
    const Reg raising = allocate(3);
    const Reg kind = raising + 1, message = raising + 2;
    const Reg pieces = allocate(4);
    load_string(pieces, "Assertion failed: ");
    shown_into(left, pieces + 1);
    load_string(pieces + 2, " " + std::string(operator_text(compared.op)) + " ");
    shown_into(right, pieces + 3);
    emit(Op::Concat, message, pieces, 4);
    load_string(kind, "assertion");
    emit(Op::CallBuiltin, raising, 2, static_cast<std::uint32_t>(BuiltinId::raise_error));
    builder_.emit_jump(Op::Jump, end);

    builder_.bind(is_fine);
    clear(left, right + 1);
    builder_.bind(end);
    emit(Op::LoadNull, window);
}

/// target := what a message shows of a value: its representation, cut.
void FunctionCompiler::shown_into(Reg value, Reg target) {
    constexpr std::uint32_t kMaxCharacters = 200;
    const Mark before = mark();
    const Reg cutting = allocate(4);
    const Reg representing = allocate(2);
    move(representing + 1, {value, true});
    emit(Op::CallBuiltin, representing, 1, static_cast<std::uint32_t>(BuiltinId::repr));
    move(cutting + 1, {representing, true});
    int_into(kMaxCharacters, cutting + 2);
    load_string(cutting + 3, "…");
    emit(Op::CallBuiltin, cutting, 3, static_cast<std::uint32_t>(BuiltinId::truncate));
    move(target, {cutting, true});
    release(before);
}

void FunctionCompiler::call_variant(std::uint32_t type, std::uint32_t variant, const Arguments& arguments, Reg window) {
    const Span position = builder_.position();
    if (!arguments.is_plain()) return spread_variant(type, variant, arguments, window);
    // The payload begins where a call would have its callee.
    next_register_ = window;
    const std::uint32_t count = push_arguments(arguments);
    if (count == 0) allocate();
    builder_.set_position(position);
    emit(Op::NewVariant, window, count, builder_.constant(bytecode::VariantConstant{type, variant}));
}

/// `Status::Pair(...xs)`: through a function with the payload as parameters.
void FunctionCompiler::spread_variant(std::uint32_t type, std::uint32_t variant, const Arguments& arguments, Reg window) {
    const Span position = builder_.position();
    const bytecode::EnumType& owner = program_.program().enums[type];
    const bytecode::EnumVariant& called = owner.variants[variant];
    if (!called.has_payload_list) {
        return raise("type", "the payload of " + owner.name + "::" + called.name + " is not declared, so it cannot be spread",
                     "declare it as `" + called.name + "(…)`");
    }
    std::vector<std::string> names;
    for (std::uint16_t i = 0; i < called.arity; ++i) names.push_back("payload " + std::to_string(i));
    load_function(window, program_.variant_function({type, variant}, owner.name + "::" + called.name, std::move(names)));
    call_value(arguments, window, false, position);
}

namespace {

/// What a call has to fit, from the declaration: the function itself may not be compiled yet.
struct Signature {
    std::vector<const Param*> params;
    bool has_rest = false;
};

Signature signature_of(const FuncDecl& declaration) {
    Signature signature;
    for (const Node* node : declaration.params) {
        if (node->is<RestParam>()) signature.has_rest = true;
        if (const auto* param = node->as<Param>()) signature.params.push_back(param);
    }
    return signature;
}

std::size_t find_parameter(const Signature& signature, std::string_view name) {
    for (std::size_t i = 0; i < signature.params.size(); ++i) {
        const auto* pattern = signature.params[i]->pattern->as<NamePattern>();
        if (pattern != nullptr && pattern->name.text() == name) return i;
    }
    return signature.params.size();
}

}  // namespace

/// Which parameter each argument is for, if the call can be seen to fit.
static bool assign_arguments(const Signature& signature, List<Node> arguments, std::size_t first,
                             std::vector<std::size_t>& parameter_of) {
    std::vector<bool> is_passed(signature.params.size(), false);
    if (first > signature.params.size()) return false;
    std::fill(is_passed.begin(), is_passed.begin() + static_cast<std::ptrdiff_t>(first), true);
    std::size_t position = first;
    for (const Node* argument : arguments) {
        if (argument->is<Spread>()) return false;
        const auto* named = argument->as<NamedArgument>();
        const std::size_t index = named == nullptr ? position++ : find_parameter(signature, named->name.text());
        if (index >= signature.params.size() || is_passed[index]) return false;
        is_passed[index] = true;
        parameter_of.push_back(index);
    }
    for (std::size_t i = 0; i < is_passed.size(); ++i) {
        if (!is_passed[i] && signature.params[i]->default_value == nullptr) return false;
    }
    return true;
}

void FunctionCompiler::call_known_function(const Declared& callee, const Arguments& arguments, Reg window,
                                           bool is_awaited) {
    const Span position = builder_.position();
    const bytecode::FunctionIndex index = program_.function_index(callee);
    const Signature signature = signature_of(callee.get().declaration->to<FuncDecl>());
    const std::size_t piped = arguments.piped != kNoReg ? 1 : 0;
    std::vector<std::size_t> parameter_of;
    if (signature.has_rest || !assign_arguments(signature, arguments.list, piped, parameter_of)) {
        load_function(window, index);
        return call_value(arguments, window, is_awaited, position);
    }
    const auto count = static_cast<std::uint32_t>(signature.params.size());
    const Reg first = allocate(count);
    if (piped != 0) move(first, {arguments.piped, true});
    std::vector<bool> is_passed(count, false);
    for (std::size_t i = 0; i < piped; ++i) is_passed[i] = true;
    for (std::size_t i = 0; i < parameter_of.size(); ++i) {
        const auto* named = arguments.list[i]->as<NamedArgument>();
        const Mark before = mark();
        compile_into(named != nullptr ? *named->value : *arguments.list[i],
                     first + static_cast<Reg>(parameter_of[i]));
        release(before);
        is_passed[parameter_of[i]] = true;
    }
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!is_passed[i]) emit(Op::LoadUnset, first + i);
    }
    note_function(index);
    builder_.set_position(position);
    emit(Op::CallFunction, window, count, builder_.constant(bytecode::FunctionConstant{index}),
         is_awaited ? bytecode::kAwaitCall : 0);
}

// --- `await`, `?`, variants

void FunctionCompiler::await(Reg reg) { emit(Op::Await, reg); }

void FunctionCompiler::question(Reg reg, const Node& node) {
    builder_.set_position(tree().tokens[node.last_token].span());
    if (returns_directly()) {
        const Label fails = builder_.new_label();
        builder_.emit_jump(Op::Question, fails, reg);
        cold_exits_.push_back({fails, reg, builder_.position()});
        return;
    }
    const Label fails = builder_.new_label();
    const Label on = builder_.new_label();
    builder_.emit_jump(Op::Question, fails, reg);
    builder_.emit_jump(Op::Jump, on);
    builder_.bind(fails);
    if (is_file_level_) {
        emit(Op::Throw, reg, 0, 0, bytecode::kTakeA);
    } else {
        leave(Leave::Return, reg, exits_.size());
    }
    builder_.bind(on);
}

bool FunctionCompiler::variant_of(const VariantExpr& expression, std::uint32_t& type, std::uint32_t& variant) {
    return variant_at(*expression.path, expression.variant, type, variant);
}

/// The numbers of `path::name`; false, with an error raised at run time, where a module that was not found hides them.
bool FunctionCompiler::variant_at(const Path& path, const Name& name, std::uint32_t& type, std::uint32_t& variant) {
    const Declared declared = program_.resolve_path(module_, path);
    if (!declared || declared.get().kind != BindingKind::Enum) {
        const std::string_view owner = path.names[0].text();
        type = owner == "Result" ? bytecode::kResultEnum : bytecode::kOptionEnum;
        if (path.names.size() != 1 || (owner != "Result" && owner != "Option")) {
            at(path);
            raise("name", "unknown enum " + std::string(tree().text(path)));
            return false;
        }
    } else {
        type = program_.enum_index(declared);
    }
    const std::vector<bytecode::EnumVariant>& variants = program_.program().enums[type].variants;
    const auto found = std::find_if(variants.begin(), variants.end(),
                                    [&](const bytecode::EnumVariant& each) { return each.name == name.text(); });
    if (found == variants.end()) {
        at(name);
        raise("name", "enum " + std::string(tree().text(path)) + " has no variant " + std::string(name.text()));
        return false;
    }
    variant = static_cast<std::uint32_t>(found - variants.begin());
    return true;
}

void FunctionCompiler::variant_into(const VariantExpr& expression, Reg target) {
    std::uint32_t type = 0, variant = 0;
    if (!variant_of(expression, type, variant)) return;
    const Mark before = mark();
    const Reg window = scratch(target);
    at(expression);
    emit(Op::NewVariant, window, 0, builder_.constant(bytecode::VariantConstant{type, variant}));
    move(target, {window, true});
    release(before);
}

}  // namespace ruff::compiler
