// Runs a Python script under CPython compiled to WebAssembly.
// Arguments: the folder of the pyodide package, the script, a folder (it sees /bundle), more words.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodide, script, folder, ...words] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodide}/pyodide.mjs`));
const python = await loadPyodide({ env: { PYTHONHASHSEED: "0" } });
python.FS.mkdirTree("/bundle");
python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, "/bundle");
python.globals.set("words", python.toPy([script, "/bundle", ...words]));
python.runPython("import sys; sys.argv = words");
python.runPython(readFileSync(script, "utf8"));
