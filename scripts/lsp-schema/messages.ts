// What the server may send: the result of each request, the parameters of what it sends by itself. The names are those
// of the protocol; the types are those of vscode-languageserver-protocol, from which generate makes the schema.
import * as lsp from "vscode-languageserver-protocol";

export interface Results {
  "initialize": lsp.InitializeResult;
  "shutdown": null;
  "textDocument/completion": lsp.CompletionItem[] | lsp.CompletionList | null;
  "completionItem/resolve": lsp.CompletionItem;
  "textDocument/signatureHelp": lsp.SignatureHelp | null;
  "textDocument/hover": lsp.Hover | null;
  "textDocument/definition": lsp.Location | lsp.Location[] | lsp.LocationLink[] | null;
  "textDocument/typeDefinition": lsp.Location | lsp.Location[] | lsp.LocationLink[] | null;
  "textDocument/references": lsp.Location[] | null;
  "textDocument/documentHighlight": lsp.DocumentHighlight[] | null;
  "textDocument/documentSymbol": lsp.DocumentSymbol[] | lsp.SymbolInformation[] | null;
  "workspace/symbol": lsp.SymbolInformation[] | lsp.WorkspaceSymbol[] | null;
  "textDocument/prepareRename": { range: lsp.Range; placeholder: string } | lsp.Range | null;
  "textDocument/rename": lsp.WorkspaceEdit | null;
  "textDocument/codeAction": (lsp.Command | lsp.CodeAction)[] | null;
  "codeAction/resolve": lsp.CodeAction;
  "textDocument/formatting": lsp.TextEdit[] | null;
  "textDocument/rangeFormatting": lsp.TextEdit[] | null;
  "textDocument/onTypeFormatting": lsp.TextEdit[] | null;
  "textDocument/diagnostic": lsp.DocumentDiagnosticReport;
  "workspace/diagnostic": lsp.WorkspaceDiagnosticReport;
  "textDocument/codeLens": lsp.CodeLens[] | null;
  "textDocument/inlayHint": lsp.InlayHint[] | null;
  "textDocument/semanticTokens/full": lsp.SemanticTokens | null;
  "textDocument/semanticTokens/full/delta": lsp.SemanticTokens | lsp.SemanticTokensDelta | null;
  "textDocument/semanticTokens/range": lsp.SemanticTokens | null;
  "textDocument/foldingRange": lsp.FoldingRange[] | null;
  "textDocument/selectionRange": lsp.SelectionRange[] | null;
  "textDocument/documentLink": lsp.DocumentLink[] | null;
  "textDocument/prepareCallHierarchy": lsp.CallHierarchyItem[] | null;
  "callHierarchy/incomingCalls": lsp.CallHierarchyIncomingCall[] | null;
  "callHierarchy/outgoingCalls": lsp.CallHierarchyOutgoingCall[] | null;
  "workspace/willRenameFiles": lsp.WorkspaceEdit | null;
  "workspace/executeCommand": any;
}

export interface Params {
  "textDocument/publishDiagnostics": lsp.PublishDiagnosticsParams;
  "$/progress": { token: string | number; value: lsp.WorkDoneProgressBegin | lsp.WorkDoneProgressReport | lsp.WorkDoneProgressEnd };
  "client/registerCapability": lsp.RegistrationParams;
  "workspace/configuration": lsp.ConfigurationParams;
  "workspace/applyEdit": lsp.ApplyWorkspaceEditParams;
  "window/workDoneProgress/create": lsp.WorkDoneProgressCreateParams;
  "workspace/diagnostic/refresh": null;
  "workspace/inlayHint/refresh": null;
}

export interface ErrorBody {
  code: number;
  message: string;
}
