use super::*;

/// A `.safetensors` file.
fn safetensors(header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

fn open(bytes: &[u8]) -> Result<Weights> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.safetensors");
    std::fs::write(&path, bytes).expect("written");
    Weights::open(&path)
}

/// Reads every tensor as it says it is, and gives back how many there are.
fn read_all(weights: &Weights) -> usize {
    let names: Vec<String> = weights.places.keys().cloned().collect();
    for name in &names {
        let shape = weights.shape(name).expect("it is there").to_vec();
        let _ = weights.tensor(name, &shape);
    }
    names.len()
}

#[test]
fn numbers_of_every_form_are_read() {
    let header = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
        "b":{"dtype":"F16","shape":[1,3],"data_offsets":[8,14]},
        "c":{"dtype":"BF16","shape":[1],"data_offsets":[14,16]},
        "d":{"dtype":"F64","shape":[],"data_offsets":[16,24]},
        "n":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"__metadata__":{"format":"pt"}}"#;
    let mut data = Vec::new();
    data.extend(1.5_f32.to_le_bytes());
    data.extend((-2.0_f32).to_le_bytes());
    // 1, −0.5, and the smallest that is not 0.
    for half in [0x3c00_u16, 0xb800, 0x0001] {
        data.extend(half.to_le_bytes());
    }
    data.extend(0x4049_u16.to_le_bytes());
    data.extend(0.25_f64.to_le_bytes());
    let weights = open(&safetensors(header, &data)).expect("a file");
    assert_eq!(weights.tensor("a", &[2]).expect("a"), [1.5, -2.0]);
    let tiny = 2_f32.powi(-24);
    assert_eq!(weights.tensor("b", &[1, 3]).expect("b"), [1.0, -0.5, tiny]);
    assert_eq!(weights.tensor("c", &[1]).expect("c"), [3.140_625]);
    assert_eq!(weights.tensor("d", &[]).expect("d"), [0.25]);
    assert!(!weights.has("n"), "a counter is no weight");
    let other = weights
        .tensor("a", &[1, 2])
        .expect_err("another shape")
        .to_string();
    assert!(
        other.contains("tensor a is [2], where") && other.contains("[1, 2]"),
        "{other}"
    );
    let none = weights
        .tensor("x", &[])
        .expect_err("no such tensor")
        .to_string();
    assert!(none.ends_with("there is no tensor x"), "{none}");
}

#[test]
fn what_a_header_only_claims_is_refused() {
    for (header, what) in [
        (
            r#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
            "tensor a",
        ),
        (
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
            "tensor a",
        ),
        (
            r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
            "tensor a",
        ),
        (
            r#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#,
            "tensor a",
        ),
        (
            r#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,8]}}"#,
            "tensor a",
        ),
        ("[1]", "no JSON"),
    ] {
        let error = open(&safetensors(header, &[0; 8]))
            .expect_err(header)
            .to_string();
        assert!(error.contains(what), "{error}");
    }
    let mut long = safetensors("{}", b"");
    long[7] = 0x7f;
    assert!(
        open(&long)
            .expect_err("no such header")
            .to_string()
            .contains("bytes long")
    );
    assert!(open(b"PK").is_err());
    let old = open(b"\x80\x02\x8a\x0al\xfc\x9c")
        .expect_err("old")
        .to_string();
    assert!(old.contains("before 1.6"), "{old}");
    let header = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    let none = open(&safetensors(header, &f32::NAN.to_le_bytes())).expect("a file");
    let error = none.tensor("a", &[1]).expect_err("no number").to_string();
    assert!(
        error.contains("tensor a has numbers that are none"),
        "{error}"
    );
}

/// A pickle of one entry of a `state_dict`, of so many numbers.
fn pickle(shape: &[u8], strides: &[u8], offset: u8) -> Vec<u8> {
    let mut bytes = b"\x80\x02}q\x00X\x0a\x00\x00\x00state_dict".to_vec();
    bytes.extend(b"ccollections\nOrderedDict\n)R(X\x01\x00\x00\x00w");
    bytes.extend(b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage");
    bytes.extend(b"ctorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ");
    bytes.extend([b'K', offset]);
    for sizes in [shape, strides] {
        bytes.push(b'(');
        bytes.extend(sizes.iter().flat_map(|n| [b'K', *n]));
        bytes.push(b't');
    }
    bytes.extend(b"\x89ccollections\nOrderedDict\n)RtR");
    bytes.extend(b"us.");
    bytes
}

fn checkpoint(pickle: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("archive/data.pkl", stored).expect("a file");
    zip.write_all(pickle).expect("written");
    zip.start_file("archive/data/0", stored).expect("a file");
    for n in 0_u8..6 {
        zip.write_all(&f32::from(n).to_le_bytes()).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

#[test]
fn a_checkpoint_of_pytorch_is_read_without_running_it() {
    let weights = open(&checkpoint(&pickle(&[2, 2], &[2, 1], 1))).expect("a checkpoint");
    assert_eq!(
        weights.tensor("w", &[2, 2]).expect("w"),
        [1.0, 2.0, 3.0, 4.0]
    );
    let turned = open(&checkpoint(&pickle(&[2, 3], &[1, 2], 0))).expect("a checkpoint");
    let want = [0.0, 2.0, 4.0, 1.0, 3.0, 5.0];
    assert_eq!(turned.tensor("w", &[2, 3]).expect("w"), want);
    for (shape, strides, offset) in [
        (&[7][..], &[1][..], 0),
        (&[2, 2], &[2, 1], 3),
        (&[200, 200], &[0, 0], 0),
        (&[2], &[2, 1], 0),
    ] {
        let error = open(&checkpoint(&pickle(shape, strides, offset)));
        let error = error.expect_err("beyond the storage").to_string();
        assert!(
            error.contains("tensor w: its shape and its bytes disagree"),
            "{error}"
        );
    }
}

#[test]
fn damaged_files_are_refused_and_nothing_panics() {
    let header = r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
    let sound = [
        safetensors(header, &[0; 8]),
        checkpoint(&pickle(&[2, 3], &[3, 1], 0)),
    ];
    for sound in &sound {
        assert_eq!(read_all(&open(sound).expect("sound")), 1);
        for at in 0..sound.len() {
            let _ = open(&sound[..at]).map(|weights| read_all(&weights));
            for byte in [0, 1, 0x7f, 0xff, b'(', b'h', b'R', sound[at] ^ 1] {
                let mut damaged = sound.clone();
                damaged[at] = byte;
                let _ = open(&damaged).map(|weights| read_all(&weights));
            }
        }
    }
    // Deeper than any stack, and larger than any memory if it were copied.
    let mut deep = b"\x80\x02)".to_vec();
    deep.extend([0x85].repeat(1 << 20));
    deep.push(b'.');
    assert!(open(&checkpoint(&deep)).is_err());
    let mut wide = b"\x80\x02)q\x00".to_vec();
    wide.extend(b"h\x00h\x00\x86q\x00".repeat(10_000));
    wide.push(b'.');
    assert!(open(&checkpoint(&wide)).is_err());
}
