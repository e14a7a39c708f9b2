//! Values with stable keys, threaded into doubly linked lists: constant-time removal from the middle of a queue.

/// Values with stable keys. A key of a removed value never finds another one.
#[derive(Debug)]
pub(crate) struct Arena<T> {
    nodes: Vec<Node<T>>,
    vacant: Vec<u32>,
}

/// Where a value lies in its arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    index: u32,
    generation: u32,
}

/// A list through an arena's values; a value is in one list at most.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct List {
    ends: Option<(Key, Key)>,
    len: usize,
}

#[derive(Debug)]
struct Node<T> {
    value: Option<T>,
    generation: u32,
    before: Option<Key>,
    after: Option<Key>,
}

impl<T> Arena<T> {
    /// Room for `places` values before the first growth.
    pub(crate) fn with_room(places: usize) -> Self {
        Self { nodes: Vec::with_capacity(places), vacant: Vec::with_capacity(places) }
    }

    pub(crate) fn len(&self) -> usize {
        self.nodes.len() - self.vacant.len()
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.nodes.iter().filter_map(|node| node.value.as_ref())
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.nodes.iter_mut().filter_map(|node| node.value.as_mut())
    }

    pub(crate) fn insert(&mut self, value: T) -> Key {
        if let Some(index) = self.vacant.pop() {
            let node = &mut self.nodes[index as usize];
            node.value = Some(value);
            return Key { index, generation: node.generation };
        }
        let index = self.nodes.len() as u32; // callers bound their arenas far below
        self.nodes.push(Node { value: Some(value), generation: 0, before: None, after: None });
        Key { index, generation: 0 }
    }

    pub(crate) fn get(&self, key: Key) -> Option<&T> {
        self.node(key).and_then(|node| node.value.as_ref())
    }

    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.node_mut(key).and_then(|node| node.value.as_mut())
    }

    /// Takes a value out. It must be in no list: see [`Arena::unlink`].
    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        let node = self.node_mut(key)?;
        let value = node.value.take()?;
        node.generation = node.generation.wrapping_add(1);
        self.vacant.push(key.index);
        Some(value)
    }

    /// Puts a value that is in no list at the end of `list`.
    pub(crate) fn push_back(&mut self, list: &mut List, key: Key) {
        let last = list.back();
        self.link(last, Some(key));
        self.link(Some(key), None);
        if last.is_none() {
            self.link(None, Some(key));
        }
        list.ends = Some((list.front().unwrap_or(key), key));
        list.len += 1;
    }

    /// Takes a value out of `list`, in which it must be; it stays in the arena.
    pub(crate) fn unlink(&mut self, list: &mut List, key: Key) {
        let Some((before, after)) = self.node(key).map(|node| (node.before, node.after)) else { return };
        self.link(before, after);
        list.ends = match (before, after) {
            (None, None) => None,
            _ => list.ends.map(|(front, back)| {
                (
                    if front == key { after.unwrap_or(back) } else { front },
                    if back == key { before.unwrap_or(front) } else { back },
                )
            }),
        };
        list.len -= 1;
        if let Some(node) = self.node_mut(key) {
            (node.before, node.after) = (None, None);
        }
    }

    /// Moves the front of `list` to its end.
    pub(crate) fn rotate(&mut self, list: &mut List) {
        if let Some(front) = list.front() {
            self.unlink(list, front);
            self.push_back(list, front);
        }
    }

    /// Makes two values neighbours; `None` is the end of a list.
    fn link(&mut self, before: Option<Key>, after: Option<Key>) {
        if let Some(node) = before.and_then(|key| self.node_mut(key)) {
            node.after = after;
        }
        if let Some(node) = after.and_then(|key| self.node_mut(key)) {
            node.before = before;
        }
    }

    fn node(&self, key: Key) -> Option<&Node<T>> {
        self.nodes.get(key.index as usize).filter(|node| node.generation == key.generation)
    }

    fn node_mut(&mut self, key: Key) -> Option<&mut Node<T>> {
        self.nodes.get_mut(key.index as usize).filter(|node| node.generation == key.generation)
    }
}

impl List {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(crate) fn front(&self) -> Option<Key> {
        self.ends.map(|(front, _)| front)
    }

    fn back(&self) -> Option<Key> {
        self.ends.map(|(_, back)| back)
    }
}
