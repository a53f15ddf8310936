/** Named trees: records of records whose leaves are arrays, tensors or shapes. @module */

/** A leaf, or a record of trees. */
export type Tree<Leaf> = Leaf | { readonly [name: string]: Tree<Leaf> };

/** The same names as `T`, with every `From` leaf replaced by a `To` leaf. */
export type MapTree<T, From, To> = T extends From ? To
  : { readonly [K in keyof T]: MapTree<T[K], From, To> };

/** Says whether a node of a tree is a leaf. */
export type IsLeaf<Leaf> = (node: unknown) => node is Leaf;

/** The leaves in the order of their insertion, each with its path: `gate/weight`. */
export function leaves<Leaf>(
  tree: Tree<Leaf>,
  isLeaf: IsLeaf<Leaf>,
  path = "",
): { path: string; leaf: Leaf }[] {
  if (isLeaf(tree)) return [{ path, leaf: tree }];
  return Object.entries(tree).flatMap(([name, child]) =>
    leaves(child as Tree<Leaf>, isLeaf, path === "" ? name : `${path}/${name}`)
  );
}

/** A tree of the same names, each leaf replaced by what `fn` makes of it. */
export function mapTree<Leaf, To, T extends Tree<Leaf>>(
  tree: T,
  isLeaf: IsLeaf<Leaf>,
  fn: (leaf: Leaf, path: string) => To,
  path = "",
): MapTree<T, Leaf, To> {
  if (isLeaf(tree)) return fn(tree, path) as MapTree<T, Leaf, To>;
  const children = Object.entries(tree as Record<string, Tree<Leaf>>).map(([name, child]) => [
    name,
    mapTree(child, isLeaf, fn, path === "" ? name : `${path}/${name}`),
  ]);
  return Object.fromEntries(children) as MapTree<T, Leaf, To>;
}
