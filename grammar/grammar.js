// The grammar of Ruff for tree-sitter: the language of docs/language.md, appendix A, no more and no less.
//
// Visible nodes bear the names of the appendix's rules; rules that begin with `_` leave no node. Three things are not
// context-free and are decided by src/scanner.c:
//
//  - whether a line break ends a statement. Where one may, the scanner offers `_newline`; where it is a blank it
//    offers `_line_break`, an extra. `_closed_end` ends a statement that ends at its "}" on a line that goes on; where
//    an operator follows, the scanner offers `_refused`, which stands nowhere in the grammar. `_same_line` says that
//    the operand of `return` begins on its line, `_comma_newline` that a list which ends with a comma is over, and
//    `_member_newline` that a field is, where `in` and `not` are names of the next one.
//  - where the file ends. With a token of its own, no state of a block takes the end of the file for its own end, which
//    old versions of tree-sitter answer by inventing tokens without end.
//  - whether a "{" that may open a block or a pattern can be a dict. `_brace` stands where it cannot.
//  - strings, with a stack of those whose interpolation is open, numbers and comments.
//
// `_nothing` matches nothing: a rule that leads to it refuses what another rule would accept. It is two tokens that the
// scanner never gives, since error recovery may invent one.

/** A comma list that may be empty and may end with a comma. */
const list = (rule) => optional(seq(rule, repeat(seq(",", rule)), optional(",")));

/** Words that are reserved. */
const RESERVED = [
  "let", "mut", "const", "func", "return", "if", "else", "match", "case", "loop", "while", "for", "in", "break",
  "continue", "try", "except", "finally", "throw", "import", "export", "as", "enum", "struct", "spawn", "yield",
  "async", "await", "true", "false", "null", "self", "and", "or", "not",
];

/** Reserved words that begin an expression: only these need a rule of their own where any word may stand. */
const BEGINS_EXPRESSION = [
  "func", "if", "match", "try", "throw", "spawn", "yield", "async", "await", "true", "false", "null", "self", "not",
];

/** Plain names that are keywords in one place. */
const CONTEXTUAL = ["from", "test", "test_group", "test_setup", "test_teardown"];

/** How tightly things bind, loose to tight. What has no precedence of its own is looser than all of these. */
const PREC = Object.fromEntries(
  ["pipe", "coalesce", "or", "and", "not", "compare", "range", "sum", "product", "unary", "postfix", "path", "refusal"]
    .map((name, index) => [name, index + 1]),
);

/**
 * The rules of expressions. They exist twice: in the head of `if`, `while`, `for` and `match` a "{" always opens the
 * body, so the rules of heads (`head` true, the same nodes) know no operand that needs one.
 *
 * Lambdas, `throw` and `yield` are operands without a precedence, so they take all to their right. `_operand` is what
 * may stand beside any operator but a prefix: comparisons and ranges do not chain, and so are none.
 */
function expressions(head) {
  const rule = (name) => (head ? `_head_${name}` : name);
  const hidden = (name) => (head ? `_head_${name}` : `_${name}`);
  const node = ($, name) => (head ? alias($[`_head_${name}`], $[name]) : $[name]);
  const expression = ($) => $[hidden("expression")];
  const operand = ($) => $[hidden("operand")];

  const operation = (side, operator) => seq(field("left", side), field("operator", operator), field("right", side));
  const left = (precedence, side, ...operators) =>
    operators.map((operator) => prec.left(precedence, operation(side, operator)));
  // What may not follow, though another rule would let it: it is shifted into a dead end.
  const refused = ($, complete, ...signs) => prec(PREC.refusal, seq(...complete, choice(...signs), $._nothing));
  const once = ($, precedence, side, ...operators) => [
    prec(precedence, operation(side, choice(...operators))),
    refused($, [side, choice(...operators), side], ...operators),
  ];
  const postfix = (...parts) => prec(PREC.postfix, seq(...parts));

  return {
    [hidden("expression")]: ($) => choice(
      operand($),
      node($, "range"),
      alias($[hidden("compare")], $.binary),
      alias($[hidden("not")], $.unary),
      alias($[hidden("logical")], $.binary),
      node($, "pipe"),
    ),
    [rule("pipe")]: ($) => choice(...left(PREC.pipe, expression($), "|>")),
    [hidden("logical")]: ($) => choice(
      ...left(PREC.coalesce, expression($), "??"),
      ...left(PREC.or, expression($), "||", "or"),
      ...left(PREC.and, expression($), "&&", "and"),
    ),
    [hidden("not")]: ($) => prec(PREC.not, seq(field("operator", "not"), field("operand", expression($)))),
    [hidden("compare")]: ($) => choice(...once(
      $, PREC.compare, choice(operand($), node($, "range")), "<", "<=", ">", ">=", "==", "!=", "in", $.not_in,
    )),
    [rule("range")]: ($) => choice(...once($, PREC.range, operand($), "..", "..=")),

    [hidden("operand")]: ($) => choice(
      $._path,
      ...["binary", "unary", "await", "lambda", "throw", "yield", "call", "index", "slice", "member", "propagate"]
        .map((name) => node($, name)),
      alias($[hidden("optional_member")], $.member),
      $.self, $.int, $.float, $.string, $.true, $.false, $.null, $.paren, $.array, $.variant_expr,
      ...(head ? [] : [$.dict, $.struct_expr, $.if, $.match, $.try, $.spawn, $.func_expr]),
    ),
    [rule("binary")]: ($) => choice(
      ...left(PREC.sum, operand($), "+", "-"),
      ...left(PREC.product, operand($), "*", "/", "%"),
    ),
    [rule("unary")]: ($) => prec(PREC.unary, seq(field("operator", choice("-", "!")), field("operand", operand($)))),
    [rule("await")]: ($) => prec(PREC.unary, seq("await", field("operand", operand($)))),
    [rule("throw")]: ($) => seq("throw", field("value", expression($))),
    [rule("yield")]: ($) => seq("yield", field("value", expression($))),
    [rule("lambda")]: ($) => choice(
      seq($._bars, field("body", expression($))),
      ...(head ? [] : [
        seq($._bars, field("body", alias($._brace_block, $.block))),
        refused($, [$._bars, alias($._brace_block, $.block)], "(", "[", ".", "?.", "?"),
      ]),
    ),
    [rule("call")]: ($) => postfix(field("callee", operand($)), field("arguments", $.arguments)),
    [rule("index")]: ($) => postfix(field("object", operand($)), "[", field("index", $._expression), "]"),
    [rule("slice")]: ($) => postfix(
      field("object", operand($)),
      "[", optional(field("low", $._expression)), ":", optional(field("high", $._expression)), "]",
    ),
    [rule("member")]: ($) => postfix(
      field("object", operand($)),
      field("operator", "."),
      field("name", alias($.identifier, $.word)),
    ),
    [hidden("optional_member")]: ($) => postfix(
      field("object", operand($)),
      field("operator", "?."),
      field("name", alias($.identifier, $.word)),
    ),
    [rule("propagate")]: ($) => postfix(field("operand", operand($)), "?"),
  };
}

module.exports = grammar({
  name: "ruff",

  word: ($) => $.identifier,

  // In the order of `enum Token` in src/scanner.c.
  externals: ($) => [
    $._newline,
    $._closed_end,
    $._refused,
    $._member_newline,
    $._comma_newline,
    $._same_line,
    $._end_of_file,
    $._line_break,
    $.comment,
    $.doc_comment,
    $._brace,
    $.int,
    $.float,
    $.string_start,
    $.string_content,
    $.escape_sequence,
    $.interpolation_start,
    $.string_end,
    $._never,
    $._error_sentinel,
  ],

  extras: ($) => [/[ \t\r\n]/, $.comment, $.doc_comment, $._line_break],

  // Rules without a node: as few reductions as can be, since they are what parsing costs.
  inline: ($) => [$._path, $._name, $._place, $._key, $._open_statement, $._open_arm_statement, $._closed_statement],

  // At the start of a statement "[" may begin an array or a pattern; only what follows its "]" tells.
  conflicts: ($) => [
    [$._operand, $._pattern],
    [$.array, $.array_pattern],
    [$._operand, $.rest_pattern],
    [$.dict, $.dict_pattern],
    [$.dict, $._dict_pattern_item],
  ],

  rules: {
    file: ($) => seq(optional($._statements), $._end_of_file),

    // Statements

    block: ($) => seq("{", optional($._statements), "}"),
    _brace_block: ($) => seq(alias($._brace, "{"), optional($._statements), "}"),

    _statements: ($) => choice(
      repeat1($._ended_statement),
      seq(repeat($._ended_statement), choice($._open_statement, $._closed_statement, $._comma_statement)),
    ),
    _ended_statement: ($) => choice(
      ";",
      seq($._open_statement, choice($._newline, ";")),
      seq($._closed_statement, choice($._newline, ";", $._closed_end)),
      seq($._comma_statement, choice($._comma_newline, ";")),
    ),

    // A statement that something has to end.
    _open_statement: ($) => choice($._open_arm_statement, alias($._brace_assign, $.assign)),
    // Those of an arm, where a "{" begins a block.
    _open_arm_statement: ($) => choice(
      $.binding,
      $.assign,
      $.return,
      $.break,
      $.continue,
      $.import,
      $.from_import,
      alias($._open_export, $.export),
      $._expression,
    ),
    // A statement that ends at its "}".
    _closed_statement: ($) => prec(1, choice(
      $.if, $.match, $.try, $.spawn, $.while, $.loop, $.for,
      $.func, $.struct, $.enum, $.test,
      alias($._closed_export, $.export),
    )),
    // A list that ends with a comma goes on in the next line if a name stands there.
    _comma_statement: ($) => alias($._comma_from_import, $.from_import),

    binding: ($) => seq(
      field("keyword", choice("let", "mut", "const")),
      field("pattern", $._pattern),
      optional(seq(":", field("type", $._type))),
      choice(":=", "="),
      field("value", $._expression),
    ),

    assign: ($) => choice(
      seq(
        field("target", $._place),
        field("operator", choice(":=", "=", "+=", "-=", "*=", "/=", "%=")),
        field("value", $._expression),
      ),
      seq(field("target", $.array_pattern), field("operator", choice(":=", "=")), field("value", $._expression)),
    ),
    _brace_assign: ($) => seq(
      field("target", alias($._brace_pattern, $.dict_pattern)),
      field("operator", choice(":=", "=")),
      field("value", $._expression),
    ),
    _place: ($) => choice($._path, $.self, $.member, $.index),

    func: ($) => seq(
      optional(field("async", "async")),
      "func",
      optional(field("generator", "*")),
      field("name", $.identifier),
      $._signature,
      field("body", $.block),
    ),
    _signature: ($) => seq(
      field("params", $.params),
      optional(seq("->", field("result", $._type))),
    ),
    params: ($) => seq("(", list(choice($.self_param, $.param, $.rest_param)), ")"),
    self_param: ($) => seq(optional("mut"), $.self),
    param: ($) => seq(
      field("pattern", $._pattern),
      optional(seq(":", field("type", $._type))),
      optional(seq("=", field("default", $._expression))),
    ),
    rest_param: ($) => seq("...", field("name", $.identifier)),

    struct: ($) => seq("struct", field("name", $.identifier), field("body", $.struct_body)),
    struct_body: ($) => seq(
      "{",
      repeat(choice(
        seq($.field, choice($._member_newline, ";", ",")),
        seq(alias($._field_with_default, $.field), choice($._newline, ";", ",")),
        $.func,
        ";",
        ",",
      )),
      optional(choice($.field, alias($._field_with_default, $.field))),
      "}",
    ),
    // Behind the words `func` and `async` a name begins a method.
    field: ($) => prec(-1, seq(
      field("name", choice(alias($.identifier, $.word), alias(choice("func", "async"), $.word))),
      optional(seq(":", field("type", $._type))),
    )),
    _field_with_default: ($) => seq(
      field("name", choice(alias($.identifier, $.word), alias(choice("func", "async"), $.word))),
      optional(seq(":", field("type", $._type))),
      "=",
      field("default", $._expression),
    ),

    enum: ($) => seq("enum", field("name", $.identifier), field("body", $.enum_body)),
    enum_body: ($) => seq(
      "{",
      repeat(choice(seq($.variant, choice($._newline, ";", ",")), ";", ",")),
      optional($.variant),
      "}",
    ),
    variant: ($) => seq(field("name", $.identifier), optional(field("payload", $.payload))),
    payload: ($) => seq("(", list($.identifier), ")"),

    import: ($) => seq("import", field("path", $.path), optional(seq("as", field("alias", $.identifier)))),
    from_import: ($) => seq(
      "from",
      field("path", $.path),
      "import",
      choice(
        field("all", "*"),
        $._import_items,
      ),
    ),
    _comma_from_import: ($) => seq("from", field("path", $.path), "import", $._import_items, ","),
    _import_items: ($) => seq(optional(seq($._import_items, ",")), field("item", $.import_item)),
    import_item: ($) => seq(field("name", $.identifier), optional(seq("as", field("alias", $.identifier)))),
    path: ($) => seq($.identifier, repeat(seq(".", $.identifier))),

    _open_export: ($) => seq("export", field("declaration", $.binding)),
    _closed_export: ($) => seq("export", field("declaration", choice($.func, $.struct, $.enum))),

    test: ($) => choice(
      seq(
        field("kind", choice("test", "test_group")),
        field("name", alias($._plain_string, $.string)),
        field("body", $.block),
      ),
      seq(field("kind", choice("test_setup", "test_teardown")), field("body", alias($._brace_block, $.block))),
    ),

    if: ($) => seq(
      "if",
      field("condition", $._head_expression),
      field("body", $.block),
      optional(seq("else", field("else", choice($.if, $.block)))),
    ),

    match: ($) => seq("match", field("subject", $._head_expression), field("body", $.match_body)),
    match_body: ($) => seq(
      "{",
      repeat(choice(
        ";",
        $.arm,
        seq(alias($._open_arm, $.arm), optional(choice($._newline, ";"))),
        seq(alias($._closed_arm, $.arm), choice($._newline, ";", $._closed_end)),
      )),
      optional(alias($._closed_arm, $.arm)),
      "}",
    ),
    arm: ($) => seq($._arm_head, ":", field("body", alias($._brace_block, $.block))),
    _open_arm: ($) => seq($._arm_head, ":", field("body", $._open_arm_statement)),
    _closed_arm: ($) => seq($._arm_head, ":", field("body", $._closed_statement)),
    _arm_head: ($) => choice(
      seq(
        "case",
        field("pattern", choice($._case_pattern, $.or_pattern)),
        optional(seq("if", field("guard", $._expression))),
      ),
      field("default", "default"),
    ),

    try: ($) => seq(
      "try",
      field("body", $.block),
      optional(field("except", $.except)),
      optional(field("finally", $.finally)),
    ),
    except: ($) => seq("except", optional(field("name", $.identifier)), field("body", $.block)),
    finally: ($) => seq("finally", field("body", $.block)),

    spawn: ($) => seq("spawn", field("body", $.block)),
    while: ($) => seq("while", field("condition", $._head_expression), field("body", $.block)),
    loop: ($) => seq("loop", field("body", $.block)),
    for: ($) => seq(
      "for",
      field("pattern", $._pattern),
      optional(seq(",", field("second", $._pattern))),
      "in",
      field("iterable", $._head_expression),
      field("body", $.block),
    ),

    return: ($) => seq("return", optional(seq($._same_line, field("value", $._expression)))),
    break: () => "break",
    continue: () => "continue",

    // Patterns of bindings

    _pattern: ($) => choice($._name, $.array_pattern, $.dict_pattern),
    rest_pattern: ($) => seq("...", field("name", $._name)),
    array_pattern: ($) => seq("[", list(choice($._pattern, $.default_pattern, $.rest_pattern)), "]"),
    default_pattern: ($) => seq(field("pattern", $._pattern), "=", field("default", $._expression)),
    dict_pattern: ($) => seq("{", list($._dict_pattern_item), "}"),
    _brace_pattern: ($) => seq(alias($._brace, "{"), list($._dict_pattern_item), "}"),
    _dict_pattern_item: ($) => choice(
      $._name,
      alias($._name_default, $.default_pattern),
      $.pattern_field,
      $.rest_pattern,
    ),
    _name_default: ($) => seq(field("pattern", $._name), "=", field("default", $._expression)),
    pattern_field: ($) => seq(
      field("key", $._key),
      ":",
      field("pattern", $._pattern),
      optional(seq("=", field("default", $._expression))),
    ),

    // Patterns of arms

    _case_pattern: ($) => choice(
      $.identifier,
      alias(choice("Ok", "Err", "Some"), $.identifier),
      $._case_number,
      $.range_pattern,
      alias($._plain_string, $.string),
      $.true,
      $.false,
      $.null,
      $.none_pattern,
      $.wrapper_pattern,
      $.variant_pattern,
      $.struct_pattern,
      alias($._case_array, $.array_pattern),
      alias($._case_fields, $.dict_pattern),
      $.paren_pattern,
    ),
    none_pattern: () => "None",
    _number: ($) => choice($.int, $.float),
    negative: ($) => seq("-", $._number),
    _case_number: ($) => choice($._number, $.negative),
    range_pattern: ($) => seq(
      field("start", $._case_number),
      field("operator", choice("..", "..=")),
      field("end", $._case_number),
    ),
    wrapper_pattern: ($) => seq(
      field("name", alias(choice("Ok", "Err", "Some"), $.identifier)),
      "(", field("inner", $._case_pattern), ")",
    ),
    variant_pattern: ($) => seq(
      field("path", $._case_path),
      "::",
      field("variant", $.identifier),
      optional(field("payload", $.pattern_payload)),
    ),
    pattern_payload: ($) => seq("(", list(choice($._case_pattern, $.rest_pattern)), ")"),
    struct_pattern: ($) => seq(field("path", $._case_path), $._case_fields),
    _case_path: ($) => choice($.path, alias($._wrapper_path, $.path)),
    _wrapper_path: ($) => seq(alias(choice("Ok", "Err", "Some"), $.identifier), repeat(seq(".", $.identifier))),
    _case_array: ($) => seq("[", list(choice($._case_pattern, $.rest_pattern)), "]"),
    _case_fields: ($) => seq("{", list(choice($._name, alias($._case_entry, $.pattern_field), $.rest_pattern)), "}"),
    _case_entry: ($) => seq(field("key", $._key), ":", field("pattern", $._case_pattern)),
    or_pattern: ($) => seq($._case_pattern, repeat1(seq("|", $._case_pattern))),
    paren_pattern: ($) => seq("(", field("inner", choice($._case_pattern, $.or_pattern)), ")"),

    // Expressions

    ...expressions(false),
    ...expressions(true),

    // Names joined by points are read as a path, since "{" and "::" may follow only one of these.
    _path: ($) => choice($._name, alias($._path_member, $.member)),
    _name: ($) => choice($.identifier, alias(choice(...CONTEXTUAL), $.identifier)),
    _path_member: ($) => prec(PREC.path, seq(
      field("object", $._path),
      field("operator", "."),
      field("name", alias($.identifier, $.word)),
    )),
    not_in: () => seq("not", "in"),

    arguments: ($) => seq("(", list(choice($._expression, $.spread, $.named_argument)), ")"),
    spread: ($) => seq("...", field("operand", $._expression)),
    named_argument: ($) => seq(
      field("name", choice(
        alias($.identifier, $.word),
        alias(choice(...CONTEXTUAL, ...BEGINS_EXPRESSION), $.word),
      )),
      "=",
      field("value", $._expression),
    ),

    paren: ($) => seq("(", field("inner", $._expression), ")"),
    array: ($) => seq("[", list(choice($._expression, $.spread)), "]"),
    dict: ($) => seq("{", list(choice($.entry, $._name, $.spread)), "}"),
    entry: ($) => seq(field("key", $._key), ":", field("value", $._expression)),
    _key: ($) => choice(
      alias($.identifier, $.word),
      alias(choice(...CONTEXTUAL), $.word),
      alias($._plain_string, $.string),
      $._number,
      $.negative,
      $.computed_key,
    ),
    computed_key: ($) => seq("[", field("value", $._expression), "]"),

    struct_expr: ($) => seq(
      field("path", $._path),
      "{",
      list(choice($.field_init, $.identifier, $.spread)),
      "}",
    ),
    field_init: ($) => seq(field("name", alias($.identifier, $.word)), ":", field("value", $._expression)),
    variant_expr: ($) => seq(field("path", $._path), "::", field("variant", $.identifier)),

    func_expr: ($) => seq(
      optional(field("async", "async")),
      "func",
      optional(field("generator", "*")),
      $._signature,
      field("body", $.block),
    ),
    _bars: ($) => seq(
      optional(field("async", "async")),
      field("params", choice(alias($._no_lambda_params, $.lambda_params), $.lambda_params)),
    ),
    lambda_params: ($) => seq("|", list(choice(alias($._lambda_param, $.param), $.rest_param)), "|"),
    _no_lambda_params: () => "||",
    _lambda_param: ($) => seq(field("pattern", $._pattern), optional(seq(":", field("type", $._bar_type)))),

    string: ($) => seq(
      $.string_start,
      repeat(choice($.string_content, $.escape_sequence, $.interpolation)),
      $.string_end,
    ),
    _plain_string: ($) => seq($.string_start, repeat(choice($.string_content, $.escape_sequence)), $.string_end),
    interpolation: ($) => seq(alias($.interpolation_start, "${"), field("value", $._expression), "}"),

    true: () => "true",
    false: () => "false",
    null: () => "null",
    self: () => "self",

    _nothing: ($) => seq($._never, $._never),

    // Types

    _type: ($) => choice($._primary_type, $.union_type),
    union_type: ($) => prec.right(1, seq($._primary_type, repeat1(seq("|", $._primary_type)))),
    _primary_type: ($) => choice($.named_type, $.null, $.func_type, $.paren_type, $.optional_type),
    named_type: ($) => seq(field("path", $.path), optional(field("arguments", $.type_arguments))),
    type_arguments: ($) => seq("<", list($._type), ">"),
    func_type: ($) => seq($._func_type_params, optional(seq("->", field("result", $._type)))),
    _func_type_params: ($) => seq("func", "(", list(field("param", $._type)), ")"),
    paren_type: ($) => seq("(", field("inner", $._type), ")"),
    optional_type: ($) => prec(1, seq(field("inner", $._primary_type), "?")),
    // Between the bars of a lambda: a "|" ends the parameters.
    _bar_type: ($) => choice(
      $.named_type,
      $.null,
      $.paren_type,
      alias($._bar_func_type, $.func_type),
      alias($._bar_optional_type, $.optional_type),
    ),
    _bar_func_type: ($) => seq($._func_type_params, optional(seq("->", field("result", $._bar_type)))),
    _bar_optional_type: ($) => prec(1, seq(field("inner", $._bar_type), "?")),

    identifier: () => /[_\p{L}\p{Nl}][_\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/,
  },
});
