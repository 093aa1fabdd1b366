// The import rule of ARCHITECTURE.md: core <- ports <- { models, gallery, portable, imaging, runtime } <- recognizer <- evaluation <- cli;
// packs <- recognizer.
const layers = {
  core: [],
  ports: ['core'],
  models: ['core', 'ports'],
  sqlite: [],
  gallery: ['core', 'ports', 'sqlite'],
  portable: ['core', 'ports'],
  imaging: ['core', 'ports'],
  packs: [],
  runtime: ['core', 'ports'],
  recognizer: ['core', 'ports', 'models', 'gallery', 'portable', 'imaging', 'runtime', 'packs'],
  evaluation: ['core', 'ports', 'imaging', 'recognizer'],
};

const directionRules = Object.entries(layers).map(([layer, allowed]) => ({
  name: `${layer}-imports-only-below`,
  severity: 'error',
  from: { path: `^src/${layer}/` },
  to: {
    path: '^src/',
    pathNot: [`^src/(${[layer, ...allowed].join('|')})/`, '^src/(errors|cache-folder)\\.ts$'],
  },
}));

module.exports = {
  forbidden: [
    ...directionRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-is-pure',
      comment: 'core/ holds functions over typed arrays: no package, no Node module.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/(core/|errors\\.ts$)' },
    },
    {
      name: 'apps-use-the-public-api',
      comment:
        'The command line is the first user of the package: it imports src/index.ts and nothing deeper.',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: '^src/(cli/|index\\.ts$)' },
    },
    {
      name: 'nothing-imports-the-index',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/index\\.ts$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
  },
};
