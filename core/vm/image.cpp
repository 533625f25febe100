#include "core/vm/image.h"

#include <cstdlib>
#include <new>

#include "core/vm/array.h"
#include "core/vm/function.h"
#include "core/vm/string.h"

namespace ruff::vm {

namespace bc = bytecode;

bc::Program (*Image::compile_prelude)(std::string_view family, std::string_view source) = nullptr;

Image::Image(bc::Program program) { load(std::move(program)); }

// The immortal objects go with the heap.
Image::~Image() {
    for (std::uint32_t i = 0; i < codes_.size(); ++i) {
        std::free(codes_[i].constants);
        std::free(codes_[i].site_names);
        std::free(codes_[i].places);
    }
}

namespace {

Value immortal(Value value) {
    if (value.is_heap()) value.object()->references = kImmortal;
    return value;
}

Value make_name_list(const bc::NameList& list) {
    ArrayObject* names = new_array(list.names.size());
    for (const std::string& name : list.names) (void)array_push(names, Value::adopt(intern(name)));
    return immortal(Value::adopt(names));
}

}  // namespace

Code& CodeTable::add() {
    const std::uint32_t chunk = chunk_of(size_);
    if (chunks_[chunk] == nullptr) chunks_[chunk] = std::make_unique<Code[]>(std::size_t{kFirstChunk} << chunk);
    Code& code = (*this)[size_];
    code.index = size_++;
    return code;
}

void Image::load(bc::Program program) {
    Heap* const caller_heap = detail::t_heap;
    set_current_heap(&heap_);
    if (program_count_ == kMaxPrograms) std::abort();
    const std::uint32_t program_index = program_count_++;
    programs_[program_index] = std::make_unique<Loaded>();
    Loaded& loaded = *programs_[program_index];
    loaded.program = std::make_unique<const bc::Program>(std::move(program));
    loaded.first_code = codes_.size();
    const bc::Program& source = *loaded.program;
    for (std::size_t i = 0; i < source.functions.size(); ++i) {
        Code& code = codes_.add();
        code.program = program_index;
        code.source = &source.functions[i];
    }
    load_types(loaded);
    for (std::size_t i = 0; i < source.functions.size(); ++i) {
        load_function(loaded, program_index, source.functions[i], codes_[loaded.first_code + i]);
    }
    set_current_heap(caller_heap);
}

void Image::load_types(Loaded& loaded) {
    for (const bc::StructType& type : loaded.program->structs) {
        auto info = std::make_unique<StructInfo>();
        info->name = intern(type.name);
        info->has_environment = type.has_environment;
        for (const bc::StructField& field : type.fields) info->field_names.push_back(intern(field.name));
        for (bc::FunctionIndex method : type.methods) {
            Code* code = &codes_[loaded.first_code + method];
            const std::string& name = loaded.program->functions[method].name;
            info->methods.push_back({intern(name), code});
            if (name == "to_string") info->to_string = code;
            if (name == "op_eq") info->op_eq = code;
            if (name == "op_lt") info->op_lt = code;
            if (name == "iter") info->iter = code;
        }
        loaded.structs.push_back(std::move(info));
    }
    for (std::size_t i = 0; i < loaded.program->enums.size(); ++i) {
        if (i <= bc::kOptionEnum) {
            loaded.enums.push_back(nullptr);
            continue;
        }
        const bc::EnumType& type = loaded.program->enums[i];
        auto info = std::make_unique<EnumInfo>();
        info->name = intern(type.name);
        info->variants.resize(type.variants.size());
        for (std::size_t v = 0; v < type.variants.size(); ++v) {
            VariantInfo& variant = info->variants[v];
            variant.name = intern(type.variants[v].name);
            variant.type = info.get();
            variant.has_payload_list = type.variants[v].has_payload_list;
            variant.arity = type.variants[v].arity;
            variant.index = static_cast<std::uint16_t>(v);
            void* memory = std::malloc(sizeof(VariantObject));
            variant.bare = new (memory) VariantObject{{kImmortal, ValueKind::Enum, 0, 0}, &variant};
        }
        loaded.enums.push_back(std::move(info));
    }
}

const EnumInfo* Image::enum_info(const Code& code, std::uint32_t type) const {
    if (type == bc::kResultEnum) return &result_enum();
    if (type == bc::kOptionEnum) return &option_enum();
    return programs_[code.program]->enums[type].get();
}

void Image::load_function(Loaded& loaded, std::uint32_t program_index, const bc::Function& function, Code& code) {
    code.program = program_index;
    code.source = &function;
    code.instructions = function.code.data();
    code.name = intern(function.owner.empty() ? function.name : function.owner + "." + function.name);
    code.register_count = function.register_count;
    code.parameter_count = function.parameter_count;
    code.required_count = function.required_count;
    code.has_rest = function.has_rest;
    code.is_async = function.is_async;
    code.is_generator = function.is_generator;
    code.mutates_self = function.mutates_self;
    code.is_plain = !function.has_rest && !function.is_async && !function.is_generator;
    code.cache_base = cache_count_;
    cache_count_ += static_cast<std::uint32_t>(function.sites.size());

    code.site_names = static_cast<StringObject**>(std::malloc(sizeof(StringObject*) * (function.sites.size() + 1)));
    for (std::size_t i = 0; i < function.sites.size(); ++i) code.site_names[i] = intern(function.sites[i].name);

    code.places = static_cast<LoadedPlace*>(std::malloc(sizeof(LoadedPlace) * (function.places.size() + 1)));
    for (std::size_t i = 0; i < function.places.size(); ++i) {
        const bc::Place& place = function.places[i];
        const bool is_variable = place.root == bc::PlaceRoot::Register && place.mutability == bc::Mutability::Mutable;
        const auto reg = static_cast<std::int32_t>(place.index);
        const bool is_field = is_variable && place.steps.size() == 1 && place.steps[0].kind == bc::PlaceStep::Field;
        code.places[i] = {.local = is_variable && place.steps.empty() ? reg : -1,
                          .field_of = is_field ? reg : -1,
                          .field = is_field ? place.steps[0].site : std::uint16_t{0},
                          .method = place.method};
    }

    if ((function.captures.empty() || function.uses_environment) && code.constant == nullptr) {
        code.constant = new_closure(&code, 0);
        code.constant->head.references = kImmortal;
    }

    code.constants = static_cast<Value*>(std::malloc(sizeof(Value) * (function.constants.size() + 1)));
    for (std::size_t i = 0; i < function.constants.size(); ++i) {
        const bc::Constant& constant = function.constants[i];
        Value value;
        if (const auto* b = std::get_if<bool>(&constant)) value = Value::boolean(*b);
        if (const auto* n = std::get_if<std::int64_t>(&constant)) value = Value::integer(*n);
        if (const auto* d = std::get_if<double>(&constant)) value = Value::floating(*d);
        if (const auto* s = std::get_if<std::string>(&constant)) value = Value::adopt(intern(*s));
        if (const auto* names = std::get_if<bc::NameList>(&constant)) value = make_name_list(*names);
        if (const auto* f = std::get_if<bc::FunctionConstant>(&constant)) {
            Code& target = codes_[loaded.first_code + f->function];
            if (target.constant == nullptr) {
                target.constant = new_closure(&target, 0);
                target.constant->head.references = kImmortal;
            }
            value = Value::adopt(target.constant);
        }
        // Type constants are addresses carried as ints: no program sees them.
        if (const auto* s = std::get_if<bc::StructConstant>(&constant)) {
            value = Value::integer(std::bit_cast<std::int64_t>(struct_info(code, s->type)));
        }
        if (const auto* v = std::get_if<bc::VariantConstant>(&constant)) {
            value = Value::integer(std::bit_cast<std::int64_t>(&enum_info(code, v->type)->variants[v->variant]));
        }
        new (&code.constants[i]) Value(std::move(value));
    }
}

Code* Image::main_of(bc::ModuleIndex module) {
    const bc::FunctionIndex main = program().modules[module].main;
    return main == bc::kNoIndex ? nullptr : &codes_[programs_[0]->first_code + main];
}

Code* Image::prelude_function(std::string_view family, std::string_view source, std::string_view name) {
    const std::lock_guard lock(prelude_lock_);
    if (const auto found = prelude_functions_.find(name); found != prelude_functions_.end()) return found->second;
    load(compile_prelude(family, source));
    const Loaded& loaded = *programs_[program_count_ - 1];
    for (std::size_t i = 0; i < loaded.program->functions.size(); ++i) {
        const bc::Function& function = loaded.program->functions[i];
        if (!function.is_main) prelude_functions_.emplace(function.name, &codes_[loaded.first_code + i]);
    }
    const auto found = prelude_functions_.find(name);
    return found == prelude_functions_.end() ? nullptr : found->second;
}

}  // namespace ruff::vm
