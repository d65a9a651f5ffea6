//! As much of Python's pickle as a PyTorch checkpoint's list of tensors is made of.
//!
//! In: the bytes. Out: the tensors, as the storage that each lies in and its shape there. Never: code that is run. Classes are
//! names here and nothing is called; values lie side by side in one list, so that nesting, however deep or circular, costs only
//! what the bytes cost.

use rustc_hash::FxHashMap;

/// A tensor as a checkpoint describes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Described {
    pub name: String,
    /// The class of its storage, as `FloatStorage`.
    pub storage: String,
    /// The storage's name in the archive.
    pub key: String,
    /// Its first number in the storage.
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
}

/// Where a value lies in the list.
type At = usize;

#[derive(Clone, Debug)]
enum Value {
    Mark,
    Whole(i64),
    Text(String),
    /// A class or a function of Python, by its name without the module's.
    Named(String),
    Tuple(Vec<At>),
    Dict(Vec<(At, At)>),
    /// A list or set, whose members nobody asks for.
    Heap,
    /// What a function would be called with.
    Call(At, At),
    /// A storage.
    Stored(At),
    /// Anything else.
    Other,
}

/// The tensors of a checkpoint: those of its `state_dict` where it has one.
///
/// # Errors
/// What is wrong with the bytes, and at which.
pub(super) fn tensors(bytes: &[u8]) -> Result<Vec<Described>, String> {
    let mut machine = Machine {
        bytes,
        at: 0,
        values: Vec::new(),
        stack: Vec::new(),
        memo: FxHashMap::default(),
    };
    let root = machine
        .run()
        .ok_or_else(|| format!("byte {}: this is no pickle of tensors", machine.at))?;
    let Value::Dict(entries) = &machine.values[root] else {
        return Err("there is no dictionary of tensors".to_owned());
    };
    let of_name = |(key, value): &(At, At)| {
        let is_state = matches!(&machine.values[*key], Value::Text(t) if t == "state_dict");
        match &machine.values[*value] {
            Value::Dict(entries) if is_state => Some(entries),
            _ => None,
        }
    };
    let entries = entries.iter().find_map(of_name).unwrap_or(entries);
    let tensor = |(key, value): &(At, At)| machine.described(*key, *value);
    Ok(entries.iter().filter_map(tensor).collect())
}

/// What runs the bytes.
struct Machine<'b> {
    bytes: &'b [u8],
    at: usize,
    values: Vec<Value>,
    stack: Vec<At>,
    memo: FxHashMap<u32, At>,
}

impl Machine<'_> {
    fn run(&mut self) -> Option<At> {
        loop {
            let [code] = self.take()?;
            if code == b'.' {
                return self.stack.pop();
            }
            self.step(code)?;
        }
    }

    fn step(&mut self, code: u8) -> Option<()> {
        match code {
            0x80 => drop(self.take::<1>()?),
            0x95 => drop(self.take::<8>()?),
            b'c' => {
                self.line()?;
                let name = self.line()?;
                self.push(Value::Named(name));
            }
            0x93 => {
                let name = self.pop()?;
                self.pop()?;
                let Value::Text(name) = &self.values[name] else {
                    return None;
                };
                self.push(Value::Named(name.clone()));
            }
            b'(' => self.push(Value::Mark),
            b'q' | b'r' | 0x94 => {
                let index = match code {
                    b'q' => u32::from(self.take::<1>()?[0]),
                    b'r' => u32::from_le_bytes(self.take()?),
                    _ => self.memo.len() as u32,
                };
                self.memo.insert(index, *self.stack.last()?);
            }
            b'h' | b'j' => {
                let index = match code {
                    b'h' => u32::from(self.take::<1>()?[0]),
                    _ => u32::from_le_bytes(self.take()?),
                };
                self.stack.push(*self.memo.get(&index)?);
            }
            b'0' => drop(self.pop()?),
            b'1' => drop(self.since_mark()?),
            _ => return self.value(code),
        }
        Some(())
    }

    /// Codes that make a value or fill one.
    fn value(&mut self, code: u8) -> Option<()> {
        let value = match code {
            b'K' => Value::Whole(i64::from(self.take::<1>()?[0])),
            b'M' => Value::Whole(i64::from(u16::from_le_bytes(self.take()?))),
            b'J' => Value::Whole(i64::from(i32::from_le_bytes(self.take()?))),
            0x8a => Value::Whole(self.long()?),
            b'G' => self.take::<8>().map(|_| Value::Other)?,
            b'N' | 0x88 | 0x89 => Value::Other,
            b'X' | b'T' | b'B' => {
                let len = u32::from_le_bytes(self.take()?);
                self.text(len as usize)?
            }
            0x8c | b'U' | b'C' => {
                let [len] = self.take()?;
                self.text(usize::from(len))?
            }
            b')' => Value::Tuple(Vec::new()),
            b't' => Value::Tuple(self.since_mark()?),
            0x85..=0x87 => {
                let members = usize::from(code - 0x84);
                let from = self.stack.len().checked_sub(members)?;
                Value::Tuple(self.stack.split_off(from))
            }
            b'}' => Value::Dict(Vec::new()),
            b']' | 0x8f => Value::Heap,
            b'R' | 0x81 => {
                let with = self.pop()?;
                let called = self.pop()?;
                self.called(called, with)
            }
            b'Q' => Value::Stored(self.pop()?),
            _ => return self.fill(code),
        };
        self.push(value);
        Some(())
    }

    /// Codes that put values into the one below them.
    fn fill(&mut self, code: u8) -> Option<()> {
        let members = match code {
            // An object's state: of no interest.
            b'b' | b'a' => return self.pop().map(drop),
            b's' => {
                let from = self.stack.len().checked_sub(2)?;
                self.stack.split_off(from)
            }
            b'u' | b'e' | 0x90 => self.since_mark()?,
            _ => return None,
        };
        let into = *self.stack.last()?;
        if let Value::Dict(entries) = &mut self.values[into] {
            let (pairs, []) = members.as_chunks() else {
                return None;
            };
            entries.extend(pairs.iter().map(|[key, value]| (*key, *value)));
        }
        Some(())
    }

    /// What a call stands for: an ordered dictionary is one, a parameter is its tensor.
    fn called(&self, called: At, with: At) -> Value {
        if let (Value::Named(name), Value::Tuple(with)) = (&self.values[called], &self.values[with])
        {
            match (name.as_str(), with.first()) {
                ("OrderedDict" | "defaultdict", _) => return Value::Dict(Vec::new()),
                ("_rebuild_parameter", Some(first)) => return self.values[*first].clone(),
                _ => {}
            }
        }
        Value::Call(called, with)
    }

    fn described(&self, key: At, value: At) -> Option<Described> {
        let Value::Text(name) = &self.values[key] else {
            return None;
        };
        let Value::Call(called, with) = self.values[value] else {
            return None;
        };
        if !matches!(&self.values[called], Value::Named(n) if n == "_rebuild_tensor_v2") {
            return None;
        }
        let [stored, offset, shape, strides, ..] = self.tuple(with)? else {
            return None;
        };
        let Value::Stored(stored) = self.values[*stored] else {
            return None;
        };
        let [_, class, key, ..] = self.tuple(stored)? else {
            return None;
        };
        let (Value::Named(class), Value::Text(key)) = (&self.values[*class], &self.values[*key])
        else {
            return None;
        };
        let all = |at: At| {
            let members = self.tuple(at)?.iter();
            members.map(|m| self.whole(*m)).collect::<Option<Vec<_>>>()
        };
        Some(Described {
            name: name.clone(),
            storage: class.clone(),
            key: key.clone(),
            offset: self.whole(*offset)?,
            shape: all(*shape)?,
            strides: all(*strides)?,
        })
    }

    fn tuple(&self, at: At) -> Option<&[At]> {
        match &self.values[at] {
            Value::Tuple(members) => Some(members),
            _ => None,
        }
    }

    fn whole(&self, at: At) -> Option<usize> {
        match self.values[at] {
            Value::Whole(n) => usize::try_from(n).ok(),
            _ => None,
        }
    }

    fn push(&mut self, value: Value) {
        self.stack.push(self.values.len());
        self.values.push(value);
    }

    /// A value from the stack; a mark is none.
    fn pop(&mut self) -> Option<At> {
        let at = self.stack.pop()?;
        (!matches!(self.values[at], Value::Mark)).then_some(at)
    }

    fn since_mark(&mut self) -> Option<Vec<At>> {
        let is_mark = |at: &At| matches!(self.values[*at], Value::Mark);
        let mark = self.stack.iter().rposition(is_mark)?;
        let members = self.stack.split_off(mark + 1);
        self.stack.pop();
        Some(members)
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.bytes.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(*bytes)
    }

    fn text(&mut self, len: usize) -> Option<Value> {
        let bytes = self.bytes.get(self.at..self.at.checked_add(len)?)?;
        self.at += len;
        Some(Value::Text(String::from_utf8_lossy(bytes).into_owned()))
    }

    fn line(&mut self) -> Option<String> {
        let rest = self.bytes.get(self.at..)?;
        let end = memchr::memchr(b'\n', rest)?;
        self.at += end + 1;
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    }

    /// A whole number of a stated number of bytes; beyond 64 bits it is no size.
    fn long(&mut self) -> Option<i64> {
        let [len] = self.take()?;
        let mut value = [0; 8];
        for at in 0..usize::from(len) {
            let [byte] = self.take()?;
            if let Some(place) = value.get_mut(at) {
                *place = byte;
            } else if byte != 0 {
                return None;
            }
        }
        let shift = 64 - 8 * u32::from(len.min(8));
        let value = i64::from_le_bytes(value);
        Some(if shift == 64 {
            0
        } else {
            (value << shift) >> shift
        })
    }
}
